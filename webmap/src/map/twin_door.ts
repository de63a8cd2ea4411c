/** The door to two maps: their code is fetched when something is first compared. */
import { type State, store } from "../store/state";
import type { TwinMaps } from "./twin";

/** Show two maps in a host whenever the page compares something. */
export function watchTwin(host: HTMLElement): void {
  let maps: Promise<TwinMaps> | null = null;
  const look = ({ twin }: State): void => {
    if (!twin) {
      void maps?.then((made) => made.hide());
      return;
    }
    if (maps) void maps.then((made) => made.show(twin));
    else maps = import("./twin").then(({ mountTwin }) => mountTwin(host, twin));
  };
  store.subscribe((state, changed) => {
    if (changed.has("twin")) look(state);
  });
}
