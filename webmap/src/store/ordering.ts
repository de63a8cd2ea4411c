/** The form that orders one arrival: how much of what, confirmed before it is sent. */
import type { Arrival } from "../api/assessment";
import * as api from "../api/calls";
import { newId } from "../api/ids";
import type { FeatureCard } from "../api/wire";
import type { Ordering } from "./command";
import { attempt } from "./notices";
import { store } from "./state";
import { order } from "./tasks";

/** Open the form, filled with what the record says that there is. */
export async function beginOrder({ layer, id }: Arrival): Promise<void> {
  const empty: Ordering = {
    key: newId(),
    layer,
    id,
    what: layer === "team" ? "team" : "stock",
    item: null,
    amount: 1,
    most: null,
    unit: layer === "team" ? "team" : "",
    choices: [],
    busy: false,
  };
  store.set({ ordering: empty });
  const card = await attempt(() => api.getFeature(layer, id));
  if (card && store.state.ordering?.key === empty.key) store.set({ ordering: filled(empty, card) });
}

function filled(form: Ordering, card: FeatureCard): Ordering {
  const { people } = card.feature.properties;
  if (form.layer === "team") {
    const vehicles = card.vehicles.map(({ kind, count }) => ({
      what: "vehicle",
      item: kind,
      most: count ?? 1,
      unit: "vehicle",
    }));
    const crew =
      typeof people === "number" && people > 0
        ? [{ what: "people", item: null, most: people, unit: "person" }]
        : [];
    const whole = { what: "team", item: null, most: 1, unit: "team" };
    return { ...form, choices: [whole, ...crew, ...vehicles], most: 1 };
  }
  const choices = card.stock.map(({ item, quantity, unit }) => ({
    what: "stock",
    item,
    most: quantity,
    unit: unit ?? "",
  }));
  const [first] = choices;
  return first ? { ...form, ...first, choices, amount: first.most ?? 1 } : { ...form, choices };
}

export function editOrder(patch: Partial<Ordering>): void {
  const { ordering } = store.state;
  if (ordering) store.set({ ordering: { ...ordering, ...patch } });
}

/** Choose what is ordered; all that there is of it is asked for at first. */
export function chooseItem(index: number): void {
  const choice = store.state.ordering?.choices[index];
  if (choice) editOrder({ ...choice, amount: choice.most ?? 1 });
}

export function cancelOrder(): void {
  store.set({ ordering: null });
}

/** An amount that is none, or more than there is, is not sent. */
export function mayOrder({ amount, most, busy }: Ordering): boolean {
  return !busy && Number.isFinite(amount) && amount > 0 && (most === null || amount <= most);
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
        ...(form.what === "vehicle" && form.item ? { kind: form.item } : {}),
        ...(form.what === "stock" && form.item ? { item: form.item } : {}),
        ...(arrival.travel_time_s === null ? {} : { travel_time_s: arrival.travel_time_s }),
        ...(arrival.vehicle === null ? {} : { vehicle: arrival.vehicle }),
      },
    ],
    form.key,
  );
  if (store.state.ordering?.key !== form.key) return;
  store.set({ ordering: given ? null : { ...form, busy: false } });
}
