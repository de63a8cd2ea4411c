/** Keys of the desk: one letter a tool or tab, [ and ] from incident to incident; ? lists them. */
import { closeCard, fly, showDrawer, showSource, showTab } from "../store/browse";
import { closeShape, dropCorner, stopDrawing } from "../store/drawing";
import { openIncident } from "../store/incidents";
import { tell } from "../store/notices";
import { cancelOrder } from "../store/ordering";
import { beginReport, cancelReport } from "../store/report";
import { may, mayReport, openIncidents, store } from "../store/state";
import { clearWays } from "../store/ways";
import { t } from "../text/i18n";

/** Until it is known who sits here a key is not lost: a panel shows what its reader may see. */
const maybe = (permission: string): boolean =>
  store.state.session === null || may(store.state, permission);

/** Go to the next open incident, or the one before. */
function step(by: number): void {
  const open = openIncidents(store.state);
  const at = open.findIndex(({ id }) => id === store.state.incident);
  const next = open.at((at + by) % open.length);
  if (next && next.id !== store.state.incident) void openIncident(next.id);
}

/** A tool's code may still be on its way: its first field is waited for. */
function focusOn(selector: string, tries = 20): void {
  const field = document.querySelector<HTMLElement>(selector);
  if (field) field.focus();
  else if (tries > 0) setTimeout(() => focusOn(selector, tries - 1), 100);
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  r: () => {
    if (mayReport(store.state)) beginReport();
  },
  "/": () => {
    if (store.state.drawer !== "search") showDrawer("search");
    requestAnimationFrame(() =>
      document.querySelector<HTMLInputElement>("input[type=search]")?.focus(),
    );
  },
  l: () => showDrawer("layers"),
  f: () => fly({ to: "plan" }),
  "?": () => tell(t("keys.text")),
  d: () => {
    if (maybe("analysis.run")) showDrawer("roads");
  },
  v: () => {
    if (maybe("positions.read")) showDrawer("moving");
  },
  p: () => {
    if (maybe("plots.write")) showDrawer("plot");
  },
  m: () => showDrawer("measure"),
  t: () => showTab("tasks"),
  g: () => showTab("log"),
  c: () => showTab("calls"),
  j: () => showTab("decisions"),
  b: () => showTab("reports"),
  n: () => {
    showTab("log");
    focusOn("om-log textarea");
  },
  "[": () => step(-1),
  "]": () => step(1),
  Escape: () => {
    const { source, draft, card, ordering, ways } = store.state;
    if (source) showSource(null);
    else if (draft) cancelReport();
    else if (ordering) cancelOrder();
    else if (ways) clearWays();
    else if (card) closeCard();
  },
};

const DRAWING: Readonly<Record<string, () => void>> = {
  Enter: closeShape,
  Backspace: dropCorner,
  Escape: stopDrawing,
};

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const writing =
      event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || (writing && event.key !== "Escape"))
      return;
    const drawing = store.state.drawing ? DRAWING[event.key] : undefined;
    const act = drawing ?? ACTIONS[event.key] ?? ACTIONS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
