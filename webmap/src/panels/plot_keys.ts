/** Keys of plotting, as in the usual map editors; they come before those of the desk. */
import type { Position } from "geojson";
import type { Fields, Plot } from "../api/plots";
import { copy } from "../store/plot_clip";
import { change, group, redo, remove, toBack, toFront, undo, ungroup } from "../store/plot_edit";
import { pulled, withoutCorner } from "../store/plot_handles";
import { shapeOf, shiftBy, shifted } from "../store/plot_move";
import { corners, pickAll, pickNext, stepCorner } from "../store/plot_pick";
import { plotStore, selected, type Tool, theOne } from "../store/plot_state";
import { cancel, chooseTool, dropPress, finish, moveCursor, pressCursor } from "../store/plot_tool";
import { store } from "../store/state";
import { pasteAside } from "./plot_form";

const TOOLS: Readonly<Record<string, Tool>> = {
  v: "select",
  p: "point",
  l: "line",
  a: "polygon",
  c: "circle",
  r: "rectangle",
  t: "text",
};
const NUDGE: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const STEP_PX = 2;
const STRIDE_PX = 20;

const chosen = (): Plot[] => selected(plotStore.state);

const WITH_CTRL: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
  z: ({ shiftKey }) => (shiftKey ? redo() : undo()),
  y: redo,
  c: copy,
  v: pasteAside,
  a: pickAll,
  g: ({ shiftKey }) => (shiftKey ? ungroup(chosen()) : group(chosen())),
  "]": () => toFront(chosen()),
  "[": () => toBack(chosen()),
};

const PLAIN: Readonly<Record<string, () => boolean>> = {
  Escape: cancel,
  Enter: () => {
    const { drawing } = plotStore.state;
    if (drawing) finish();
    return drawing !== null;
  },
  Backspace: erase,
  Delete: erase,
  " ": () => {
    const drawing = plotStore.state.tool !== "select";
    if (drawing) pressCursor();
    return drawing;
  },
  "?": () => {
    plotStore.set({ help: !plotStore.state.help });
    return true;
  },
  "[": () => round(-1),
  "]": () => round(1),
  n: () => next(1),
  b: () => next(-1),
};

function next(step: 1 | -1): boolean {
  pickNext(step);
  return true;
}

function round(step: 1 | -1): boolean {
  const only = theOne(plotStore.state);
  if (only) stepCorner(only, step);
  return only !== null;
}

/** Take the last press back, or a marked corner out, or what is selected away. */
function erase(): boolean {
  const { drawing, corner } = plotStore.state;
  if (drawing) {
    dropPress();
    return true;
  }
  const only = theOne(plotStore.state);
  const grip = only && corner !== null ? corners(only)[corner] : undefined;
  const set = only && grip?.kind === "corner" ? withoutCorner(only, grip) : null;
  if (only && set) {
    change([only], () => set);
    plotStore.set({ corner: null });
  } else if (chosen().length > 0) remove(chosen());
  else return false;
  return true;
}

function nudge([x, y]: readonly [number, number], far: boolean): boolean {
  const { tool, corner } = plotStore.state;
  const step = far ? STRIDE_PX : STEP_PX;
  if (tool !== "select") {
    moveCursor(x * step * 5, y * step * 5);
    return true;
  }
  if (chosen().length === 0) return false;
  const shift = shiftBy(x * step, y * step, store.state.view?.zoom ?? 14);
  const only = theOne(plotStore.state);
  const grip = only && corner !== null ? corners(only)[corner] : undefined;
  if (only && grip) change([only], () => pulled(only, grip, shift(grip.at)));
  else change(chosen(), (plot) => moved(plot, shift));
  return true;
}

const moved = (plot: Plot, shift: (at: Position) => Position): Fields =>
  shapeOf(shifted(plot, shift));

function act(event: KeyboardEvent): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    const deed = WITH_CTRL[key];
    deed?.(event);
    return deed !== undefined;
  }
  if (event.altKey) return false;
  const way = NUDGE[event.key];
  if (way) return nudge(way, event.shiftKey);
  const tool = TOOLS[key];
  if (tool) chooseTool(tool);
  return tool !== undefined || (PLAIN[event.key] ?? PLAIN[key])?.() === true;
}

/** Fields keep their own keys; a button keeps those that press it. */
function elsewhere({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input, select, textarea")) return key !== "Escape";
  const pressing = key === " " || key === "Enter";
  return pressing && target.closest("button, a, summary") !== null;
}

/** Listen while the drawer is open; call what is returned to leave off. */
export function listenToPlotKeys(): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (elsewhere(event)) return;
    if (event.key === "Escape" && event.target instanceof HTMLInputElement) event.target.blur();
    if (!act(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("keydown", listen, { capture: true });
  return () => removeEventListener("keydown", listen, { capture: true });
}
