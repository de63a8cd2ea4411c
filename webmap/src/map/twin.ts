/** Two maps side by side that show the same place: two times, two plans, two images. */
import type { Store } from "../store/state";
import { compareTwin, SideStore } from "../store/twin";
import type { Side, Twin } from "../store/twin_state";
import { clock } from "../text/format";
import { loadMoreWords, t } from "../text/i18n";
import { bind } from "./bind";
import { type MapOptions, MapView } from "./view";
import "../style/twin.css";

export interface TwinMaps {
  show(twin: Twin): void;
  /** Both maps stay for the next time: what a browser gives to draw with is dear to make. */
  hide(): void;
}

/** Mount two maps in a host, which they fill. */
export async function mountTwin(
  host: HTMLElement,
  twin: Twin,
  options: MapOptions = {},
): Promise<TwinMaps> {
  await loadMoreWords("replay");
  const sides = (["left", "right"] as const).map((name) => new Half(host, name, options));
  const [left, right] = sides as [Half, Half];
  host.append(wayOut());
  const maps: TwinMaps = {
    show: (wanted) => {
      host.hidden = false;
      host.classList.add("twin");
      left.show(wanted.left);
      right.show(wanted.right);
      bind(left.map, right.map);
    },
    hide: () => {
      host.hidden = true;
      for (const side of sides) side.store.rest();
    },
  };
  maps.show(twin);
  return maps;
}

/** Whatever is compared, and whichever panel began it, it can be ended here. */
function wayOut(): HTMLButtonElement {
  const button = document.createElement("button");
  button.name = "twin-close";
  button.textContent = t("replay.twinClose");
  button.addEventListener("click", () => compareTwin(null));
  return button;
}

class Half {
  readonly store = new SideStore();
  readonly #frame = document.createElement("div");
  readonly #label = document.createElement("strong");
  #map: MapView | null = null;

  constructor(
    host: HTMLElement,
    name: string,
    private readonly options: MapOptions,
  ) {
    const half = document.createElement("section");
    half.className = name;
    half.append(this.#frame, this.#label);
    host.append(half);
  }

  get map(): MapView {
    const side: Store = this.store.store;
    this.#map ??= new MapView(this.#frame, side, {
      ...this.options,
      aside: true,
      plots: this.store.plots,
    });
    return this.#map;
  }

  show(side: Side): void {
    void this.store.look(side);
    this.#label.textContent = labelOf(side);
    this.#label.className = side.is === "moment" ? "past" : "";
  }
}

function labelOf(side: Side): string {
  if (side.is === "now") return t("replay.now");
  return side.is === "moment" ? clock(side.at) : side.label;
}
