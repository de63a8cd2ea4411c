/** The keys of the desk: what each does and what it is called, for who presses and who asks. */
import { closeCard, fly, showDrawer, showSource, showTab } from "../store/browse";
import { pressed } from "../store/coming";
import { dropCorner, enterShape, pressMiddle, stopDrawing } from "../store/drawing";
import { openIncident } from "../store/incidents";
import { cancelOrder } from "../store/ordering";
import { beginReport, cancelReport } from "../store/report";
import { may, mayReport, openIncidents, type PlanTab, store } from "../store/state";
import { clearWays } from "../store/ways";

/** A key, the word for what it does (`key.<name>`), and the deed. */
export interface DeskKey {
  key: string;
  name: string;
  act: () => void;
}

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

function letGo(): void {
  const { source, draft, card, ordering, ways } = store.state;
  if (source) showSource(null);
  else if (draft) cancelReport();
  else if (ordering) cancelOrder();
  else if (ways) clearWays();
  else if (card) closeCard();
}

const tab = (key: string, name: PlanTab): DeskKey => ({ key, name, act: () => showTab(name) });
const drawer = (
  key: string,
  name: "layers" | "roads" | "moving" | "plot" | "measure" | "duty",
  needed?: string,
): DeskKey => ({
  key,
  name,
  act: () => {
    if (needed === undefined || maybe(needed)) showDrawer(name);
  },
});

export const DESK_KEYS: readonly DeskKey[] = [
  {
    key: "r",
    name: "report",
    act: () => {
      if (mayReport(store.state)) beginReport();
    },
  },
  {
    key: "/",
    name: "search",
    act: () => {
      if (store.state.drawer !== "search") showDrawer("search");
      requestAnimationFrame(() =>
        document.querySelector<HTMLInputElement>("input[type=search]")?.focus(),
      );
    },
  },
  drawer("l", "layers"),
  drawer("p", "plot", "plots.write"),
  drawer("m", "measure"),
  drawer("d", "roads", "analysis.run"),
  drawer("v", "moving", "positions.read"),
  drawer("h", "duty", "incidents.report"),
  tab("s", "situation"),
  tab("z", "zones"),
  tab("e", "people"),
  tab("u", "forces"),
  tab("x", "compare"),
  tab("o", "file"),
  tab("t", "tasks"),
  tab("c", "calls"),
  tab("j", "decisions"),
  tab("i", "readings"),
  tab("g", "log"),
  {
    key: "n",
    name: "note",
    act: () => {
      showTab("log");
      focusOn("om-log textarea");
    },
  },
  tab("b", "reports"),
  {
    key: "k",
    name: "print",
    act: () =>
      void pressed(
        () => import("./print"),
        ({ openPrint }) => openPrint(),
      ),
  },
  {
    key: ".",
    name: "timeline",
    act: () =>
      void pressed(
        () => import("./replay"),
        ({ openReplay }) => openReplay(),
      ),
  },
  { key: "f", name: "fit", act: () => fly({ to: "plan" }) },
  { key: "[", name: "before", act: () => step(-1) },
  { key: "]", name: "next", act: () => step(1) },
  { key: "Escape", name: "letGo", act: letGo },
  {
    key: "?",
    name: "help",
    act: () =>
      void pressed(
        () => import("./keys_help"),
        ({ openKeys }) => openKeys(),
      ),
  },
];

/** While a shape is drawn these come first. */
export const DRAWING_KEYS: readonly DeskKey[] = [
  { key: " ", name: "press", act: pressMiddle },
  { key: "Enter", name: "finish", act: enterShape },
  { key: "Backspace", name: "drop", act: dropCorner },
  { key: "Escape", name: "stop", act: stopDrawing },
];
