/** Changes of orders, closed roads and alerts, as the stream tells them: each is read once more. */
import type { Change } from "../api/wire";
import { readClosures } from "./closures";
import { fetched } from "./coming";
import { soon } from "./soon";
import { store } from "./state";
import { readTasks } from "./tasks";
import { readAlerts, readMoving } from "./tracking";
import { askWaysAgain } from "./ways";

/** Known only where plots are shown: their code comes with the map's. */
const PLOTTED: ReadonlySet<string> = new Set(["plot", "plot_conflict"]);
const OF_TASKS: ReadonlySet<string> = new Set(["task", "task_item"]);

/** What the page shows of all incidents, and of the one that is open. */
export async function readCommand(incident: string | null): Promise<void> {
  await Promise.all([readClosures(), readMoving(), incident ? readTasks(incident) : null]);
}

export function follow({ layer, incident }: Change): void {
  if (layer === "road_closure") soon("closures", readRoads);
  else if (OF_TASKS.has(layer) && incident && incident === store.state.incident)
    soon(`tasks ${incident}`, () => readTasks(incident));
  else if (PLOTTED.has(layer) && incident) void tellPlots(incident);
  else if (layer === "alert") soon("alerts", readAlerts);
  else if (layer === "tracker") soon("moving", readMoving);
}

async function tellPlots(incident: string): Promise<void> {
  (await fetched(() => import("./plot_sync"))).plotsChanged({ incident });
}

const LIVE_MS = 15_000;

/** Arrivals by position are no changes of the journal: they are read while somebody is on the way. */
export function followArrivals(): void {
  setInterval(() => {
    const { incident, tasks } = store.state;
    if (incident && tasks[incident]?.some(({ state }) => state === "departed"))
      void readTasks(incident);
  }, LIVE_MS);
}

/** A way that is shown goes round what has just been closed. */
async function readRoads(): Promise<void> {
  await readClosures();
  await askWaysAgain();
}
