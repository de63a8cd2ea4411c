/** Keys of the planner: Enter closes a shape, Backspace takes a corner back, Esc lets go. */
import { closeCard, showTool } from "../store/browse";
import { dropCorner, enterShape, pressMiddle, stopDrawing } from "../store/drawing";
import { tell } from "../store/notices";
import { store } from "../store/state";
import { t } from "../text/i18n";

const DRAWING: Readonly<Record<string, () => void>> = {
  Enter: enterShape,
  " ": pressMiddle,
  Backspace: dropCorner,
  Escape: stopDrawing,
};
const RESTING: Readonly<Record<string, () => void>> = {
  l: () => showTool("layers"),
  q: () => showTool("query"),
  i: () => showTool("import"),
  d: () => showTool("roads"),
  v: () => showTool("moving"),
  "/": () => {
    if (store.state.tool !== "layers") showTool("layers");
    requestAnimationFrame(() =>
      document.querySelector<HTMLInputElement>("input[type=search]")?.focus(),
    );
  },
  "?": () => tell(t("keys.planner")),
  Escape: closeCard,
};

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const writing =
      event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || (writing && event.key !== "Escape"))
      return;
    const act = (store.state.drawing ? DRAWING : RESTING)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
