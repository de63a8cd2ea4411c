/** The start of the planner: what its address names is opened, and the address follows. */
import { fetched } from "./coming";
import { openDossier } from "./dossier";
import type { Importing } from "./planner";
import { readQuality } from "./quality";
import { type Route, readRoute, writeRoute } from "./route";
import { begin } from "./site";
import { type State, store } from "./state";
import { openTheme } from "./themes";

export async function beginPlanner(): Promise<void> {
  const route = readRoute(location.search);
  store.set({ tool: route.tool ?? "layers" });
  await begin();
  if (!store.state.ready) return;
  void readQuality();
  await Promise.all([
    route.import ? showImport(route.import) : null,
    route.theme ? openTheme(route.theme) : null,
    route.enterprise ? openDossier("enterprise", route.enterprise) : null,
    route.park ? openDossier("park", route.park) : null,
  ]);
  keepRoute();
}

async function showImport(id: string): Promise<void> {
  await (await fetched(() => import("./importing"))).openImport(id);
}

const importId = ({ job }: Importing): string | null => job?.id ?? null;

function routeOf(state: State): Route {
  return {
    tool: state.tool,
    import: state.tool === "import" ? importId(state.importing) : null,
    theme: state.theme?.id ?? null,
    enterprise: state.dossier?.kind === "enterprise" ? state.dossier.id : null,
    park: state.dossier?.kind === "park" ? state.dossier.id : null,
  };
}

/** The address follows what is open, also what was opened while the page still began. */
function keepRoute(): void {
  let last = "";
  const follow = (state: State): void => {
    const route = routeOf(state);
    const now = JSON.stringify(route);
    if (now === last) return;
    last = now;
    history.replaceState(null, "", writeRoute(location.search, route));
  };
  follow(store.state);
  store.subscribe(follow);
}
