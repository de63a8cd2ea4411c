/** The second map of a wide wall: the surroundings of the first, or another incident beside it. */
import { html, type TemplateResult } from "lit";
import { mountMap } from "../map/frame";
import { define } from "../panels/panel";
import { Observable } from "../store/observable";
import { type Camera, initial, type State, store } from "../store/state";
import { standing } from "../store/wall_state";
import { clock } from "../text/format";
import { t } from "../text/i18n";
import { WallPanel } from "./panel";

/** How much farther the surroundings are seen from. */
const FARTHER = 2.5;
/** Wide enough for two maps side by side. */
const WIDE = "(min-aspect-ratio: 3 / 1)";

/** What the second map holds by itself; all else is the page's own state. */
type Own = Pick<State, "view" | "bounds" | "camera" | "incident" | "hidden">;

class SecondMap extends WallPanel {
  static override reads = ["incident", "incidents", "view", "ready"] as const;
  static override wallReads = ["wall", "turn"] as const;

  readonly #mirror = new Observable<State>(initial);
  #mounted = false;
  #aim = "";

  protected override render(): TemplateResult {
    return html`<h2>${this.#title()}</h2><div class="second-map"></div>`;
  }

  protected override updated(): void {
    super.updated();
    const wide = matchMedia(WIDE).matches;
    if (!wide || !this.state.ready) return;
    this.#follow();
    const place = this.querySelector<HTMLElement>(".second-map");
    if (this.#mounted || !place) return;
    this.#mounted = true;
    this.#mirror.set({ ...store.state, ...this.#own(), ready: true });
    store.subscribe((state) => this.#mirror.set({ ...state, ...this.#held() }));
    mountMap(place, { still: true, aside: true, scale: 2, store: this.#mirror });
  }

  #other(): string | null {
    const { wall } = this.wall;
    const open = standing(this.state);
    const asked = wall?.second?.show === "incident" ? wall.second.incident : null;
    if (open.some(({ id }) => id === asked)) return asked;
    return wall?.second ? null : (open.find(({ id }) => id !== this.state.incident)?.id ?? null);
  }

  #title(): string {
    const other = this.state.incidents.find(({ id }) => id === this.#other());
    const at = this.wall.wall?.second?.at;
    if (other) return t("hall.second.incident", { title: other.title });
    return at ? t("hall.second.time", { time: clock(Date.parse(at)) }) : t("hall.second.context");
  }

  /** One flight for each thing that is shown. */
  #follow(): void {
    const { view, incident } = this.state;
    const other = this.#other();
    const aim = JSON.stringify([other, other === null && view, incident]);
    if (aim === this.#aim) return;
    this.#aim = aim;
    if (this.#mounted) this.#mirror.set(this.#own());
  }

  #own(): Own {
    const { view, incident } = this.state;
    const other = this.#other();
    const far: Camera | null =
      view && other === null
        ? { to: "place", lon: view.lon, lat: view.lat, zoom: Math.max(6, view.zoom - FARTHER) }
        : { to: "plan" };
    const start =
      other === null && view ? { ...view, zoom: Math.max(6, view.zoom - FARTHER) } : null;
    return {
      view: start,
      bounds: null,
      camera: far,
      incident: other ?? incident,
      hidden: new Set(),
    };
  }

  #held(): Own {
    const { view, bounds, camera, incident, hidden } = this.#mirror.state;
    return { view, bounds, camera, incident, hidden };
  }
}

define("om-hall-second", SecondMap);
