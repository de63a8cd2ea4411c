/** The start of the planner: what its address names is opened, and the address follows. */
import { openImport } from "./importing";
import type { Importing } from "./planner";
import { type Route, readRoute, writeRoute } from "./route";
import { begin } from "./site";
import { type State, store } from "./state";

export async function beginPlanner(): Promise<void> {
  const route = readRoute(location.search);
  store.set({ tool: route.tool ?? "layers" });
  await begin();
  if (!store.state.ready) return;
  await Promise.all([route.import ? openImport(route.import) : null]);
  keepRoute();
}

const importId = ({ job }: Importing): string | null => job?.id ?? null;

function routeOf(state: State): Route {
  return {
    tool: state.tool,
    import: state.tool === "import" ? importId(state.importing) : null,
    theme: null,
    enterprise: null,
    park: null,
  };
}

/** A person's own steps go into the history, so that the browser's back button undoes them. */
function keepRoute(): void {
  let last = JSON.stringify(routeOf(store.state));
  store.subscribe((state) => {
    const route = routeOf(state);
    const now = JSON.stringify(route);
    if (now === last) return;
    last = now;
    history.replaceState(null, "", writeRoute(location.search, route));
  });
}
