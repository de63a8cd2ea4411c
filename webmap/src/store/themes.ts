/** Theme maps: what the map shows now kept under a title, opened again, shared by its link. */
import * as api from "../api/themes";
import { t } from "../text/i18n";
import { ask, askable, clearQuestion, setFilter, toggleAsked } from "./asking";
import { fly } from "./browse";
import { attempt, tell } from "./notices";
import { type State, store } from "./state";
import { filterTiles } from "./tiles";

export async function readThemes(): Promise<void> {
  const answer = await attempt(api.getThemes);
  if (answer) store.set({ themes: answer.themes });
}

/** The layers that are on, each with the condition that the question puts on it, and the view. */
export function themeBody(state: State, title: string, shared: boolean): api.ThemeBody {
  const { hidden, asking, view } = state;
  const layers = state.layers
    .filter(({ name }) => name !== "incident")
    .map(({ name }) => {
      const filter = asking.filters[name];
      return { layer: name, visible: !hidden.has(name), ...(filter ? { filter } : {}) };
    })
    .filter(({ visible, filter }) => visible || filter);
  const shown = view ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom } : {};
  return { title: title.trim(), shared, layers, view: shown };
}

export async function saveTheme(title: string, shared: boolean): Promise<void> {
  const made = await attempt(() => api.addTheme(themeBody(store.state, title, shared)));
  if (!made) return;
  store.set({ theme: made });
  tell(t("themes.saved", { title: made.title }), "good");
  await readThemes();
}

/** Keep what the map shows now under the theme that is open. */
export async function renewTheme(theme: api.Theme): Promise<void> {
  const body = themeBody(store.state, theme.title, theme.shared);
  const made = await attempt(() => api.changeTheme(theme.id, theme.version, body));
  if (!made) return;
  store.set({ theme: made });
  tell(t("themes.saved", { title: made.title }), "good");
  await readThemes();
}

export async function shareTheme(theme: api.Theme, shared: boolean): Promise<void> {
  const made = await attempt(() => api.changeTheme(theme.id, theme.version, { shared }));
  if (made) await readThemes();
}

export async function removeTheme(theme: api.Theme): Promise<void> {
  if ((await attempt(() => api.removeTheme(theme.id, theme.version))) === null) return;
  if (store.state.theme?.id === theme.id) store.set({ theme: null });
  await readThemes();
}

/** The conditions of a theme, by layer: the map draws only rows that they hold for. */
function themeFilters({ layers }: api.Theme): Record<string, string> {
  const set = layers.map(({ layer, filter }) => [layer, filter] as const);
  return Object.fromEntries(
    set.filter(
      (one): one is readonly [string, string] => typeof one[1] === "string" && one[1] !== "",
    ),
  );
}

/** Show a theme: its layers and no others, its view, and what its conditions find. */
export async function openTheme(id: string): Promise<void> {
  const theme = await attempt(() => api.getTheme(id));
  if (!theme) return;
  const shown = new Set(theme.layers.filter(({ visible }) => visible).map(({ layer }) => layer));
  const hidden = store.state.layers.map(({ name }) => name).filter((name) => !shown.has(name));
  store.set({ theme, hidden: new Set(hidden.filter((name) => name !== "incident")) });
  const [lon, lat] = theme.view?.center ?? [];
  if (lon !== undefined && lat !== undefined)
    fly({ to: "place", lon, lat, zoom: theme.view?.zoom ?? 12 });
  clearQuestion();
  filterTiles(themeFilters(theme));
  for (const { layer, filter } of theme.layers) {
    if (typeof filter !== "string" || !askable(store.state).some(({ name }) => name === layer))
      continue;
    toggleAsked(layer);
    setFilter(layer, filter);
  }
  if (Object.keys(store.state.asking.filters).length > 0) await ask();
}

/** The address that opens a theme, for whoever it is sent to. */
export function themeLink({ id }: api.Theme): string {
  return `${location.origin}/planner?theme=${id}`;
}

export async function copyLink(theme: api.Theme): Promise<void> {
  const link = themeLink(theme);
  try {
    await navigator.clipboard.writeText(link);
    tell(t("themes.copied"), "good");
  } catch (cause) {
    // Without https a browser gives no clipboard: the link is shown to be copied by hand.
    if (!(cause instanceof DOMException) && !(cause instanceof TypeError)) throw cause;
    tell(link);
  }
}
