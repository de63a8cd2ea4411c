/** The door to two maps: their code is fetched when something is first compared. */
import { fetched } from "../store/coming";
import { type State, store } from "../store/state";
import type { Twin } from "../store/twin_state";
import type { TwinMaps } from "./twin";

const open = async (host: HTMLElement, twin: Twin): Promise<TwinMaps> =>
  (await fetched(() => import("./twin"))).mountTwin(host, twin);

/** Show two maps in a host whenever the page compares something. */
export function watchTwin(host: HTMLElement): void {
  let maps: Promise<TwinMaps> | null = null;
  const look = ({ twin }: State): void => {
    if (!twin) {
      void maps?.then((made) => made.hide());
      return;
    }
    if (maps) void maps.then((made) => made.show(twin));
    else maps = open(host, twin);
  };
  store.subscribe((state, changed) => {
    if (changed.has("twin")) look(state);
  });
}
