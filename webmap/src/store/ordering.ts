/** The form that orders one arrival: how much of what, confirmed before it is sent. */
import type { Arrival } from "../api/assessment";
import * as api from "../api/calls";
import { newId } from "../api/ids";
import { getLeft, type Left } from "../api/tasks";
import type { FeatureCard } from "../api/wire";
import type { Choice, Ordering } from "./command";
import { attempt } from "./notices";
import { store } from "./state";
import { destinationOf, order } from "./tasks";

/** Open the form, filled with what is left of the place after all that others have ordered. */
export async function beginOrder({ layer, id }: Arrival): Promise<void> {
  const { incident } = store.state;
  if (incident === null) return;
  const team = layer === "team";
  const empty: Ordering = {
    key: newId(),
    layer,
    id,
    what: team ? "team" : "stock",
    item: null,
    row: null,
    amount: 1,
    most: null,
    unit: team ? "team" : "",
    choices: null,
    busy: false,
  };
  store.set({ ordering: empty });
  const [card, left] = await Promise.all([
    team ? attempt(() => api.getFeature(layer, id)) : null,
    attempt(() => getLeft(incident, layer, id)),
  ]);
  if (store.state.ordering?.key !== empty.key) return;
  const choices = left ? choicesOf(left, card) : [];
  store.set({ ordering: { ...empty, ...fullAmount(choices[0]), choices } });
}

/** What can be ordered: a whole team that is free, its people, its vehicles by kind, each stock. */
export function choicesOf({ teams, stock }: Left, card: FeatureCard | null): Choice[] {
  const choices: Choice[] = stock.map(({ id: row, item, quantity: most, unit }) => ({
    what: "stock",
    item,
    row,
    most,
    unit: unit ?? "",
  }));
  for (const { whole, people, by_vehicle } of teams) {
    if (whole) choices.push({ what: "team", item: null, row: null, most: 1, unit: "team" });
    if (people)
      choices.push({ what: "people", item: null, row: null, most: people, unit: "person" });
    for (const [row, most] of Object.entries(by_vehicle)) {
      const item = card?.vehicles.find(({ id }) => id === row)?.kind ?? null;
      if (most > 0 && item) choices.push({ what: "vehicle", item, row, most, unit: "vehicle" });
    }
  }
  return choices.filter(({ most }) => most === null || most > 0);
}

/** A choice with all that there is of it. */
function fullAmount(choice: Choice | undefined): Partial<Ordering> {
  return choice ? { ...choice, amount: choice.most ?? 1 } : {};
}

export function editOrder(patch: Partial<Ordering>): void {
  const { ordering } = store.state;
  if (ordering) store.set({ ordering: { ...ordering, ...patch } });
}

/** Choose what is ordered; all that there is of it is asked for at first. */
export function chooseItem(index: number): void {
  editOrder(fullAmount(store.state.ordering?.choices?.[index]));
}

export function cancelOrder(): void {
  store.set({ ordering: null });
}

/** An amount that is none, or more than there is, is not sent. */
export function mayOrder({ amount, most, busy, choices }: Ordering): boolean {
  if (busy || choices === null || choices.length === 0) return false;
  return Number.isFinite(amount) && amount > 0 && (most === null || amount <= most);
}

export async function sendOrder(arrival: Arrival): Promise<void> {
  const { ordering: form, incident } = store.state;
  if (!form || !incident || !mayOrder(form)) return;
  editOrder({ busy: true });
  const given = await order(
    incident,
    [
      {
        layer: form.layer,
        id: form.id,
        what: form.what,
        amount: form.amount,
        unit: form.unit,
        ...(form.row ? { row: form.row } : {}),
        ...(form.what === "vehicle" && form.item ? { kind: form.item } : {}),
        ...(form.what === "stock" && form.item ? { item: form.item } : {}),
        ...(arrival.travel_time_s === null ? {} : { travel_time_s: arrival.travel_time_s }),
        ...(arrival.vehicle === null ? {} : { vehicle: arrival.vehicle }),
        ...destinationOf(store.state.assessments[incident]?.approach),
      },
    ],
    form.key,
  );
  if (store.state.ordering?.key !== form.key) return;
  store.set({ ordering: given ? null : { ...form, busy: false } });
}
