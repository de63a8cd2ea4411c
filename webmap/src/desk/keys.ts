/** Keys of the desk: R report, / search, L layers, D roads, V vehicles, T tasks, F fit, Esc cancel, ? says so. */
import { closeCard, fly, showDrawer, showSource, showTab } from "../store/browse";
import { closeShape, dropCorner, stopDrawing } from "../store/drawing";
import { tell } from "../store/notices";
import { cancelOrder } from "../store/ordering";
import { beginReport, cancelReport } from "../store/report";
import { may, mayReport, store } from "../store/state";
import { clearWays } from "../store/ways";
import { t } from "../text/i18n";

/** Until it is known who sits here a key is not lost: a panel shows what its reader may see. */
const maybe = (permission: string): boolean =>
  store.state.session === null || may(store.state, permission);

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
