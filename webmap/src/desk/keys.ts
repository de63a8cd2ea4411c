/** Keys of the desk: R report, / search, L layers, F fit, Esc cancel, ? says so. */
import { closeCard, fly, showDrawer, showSource } from "../store/browse";
import { tell } from "../store/notices";
import { beginReport, cancelReport } from "../store/report";
import { mayReport, store } from "../store/state";
import { t } from "../text/i18n";

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
  Escape: () => {
    const { source, draft, card } = store.state;
    if (source) showSource(null);
    else if (draft) cancelReport();
    else if (card) closeCard();
  },
};

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const writing =
      event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || (writing && event.key !== "Escape"))
      return;
    const act = ACTIONS[event.key] ?? ACTIONS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
