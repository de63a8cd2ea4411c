/** How old everything on the wall is: red and with another mark where it is stale. */
import { html, nothing, type TemplateResult } from "lit";
import { define } from "../panels/panel";
import { activeIncident, activePlan, store } from "../store/state";
import { showing } from "../store/wall_state";
import { ago, clock } from "../text/format";
import { t, word } from "../text/i18n";
import { WallPanel } from "./panel";

/** When a feed is stale, s: a heartbeat comes each 15 s, stations observe each half an hour. */
const STALE_S = { stream: 30, figures: 200, weather: 3600, positions: 120, plan: 7200 } as const;

class HallFeeds extends WallPanel {
  static override reads = [
    "link",
    "now",
    "skew_ms",
    "movers",
    "assessments",
    "incident",
    "incidents",
    "tiles",
  ] as const;
  static override wallReads = [
    "wall",
    "lately",
    "latelyAt",
    "turn",
    "shut",
    "endsAt",
    "pulse",
  ] as const;

  protected override render(): TemplateResult {
    const { link, tiles } = this.state;
    return html`<span class="as-of">${t("link.asOf")} <time>${link.at > 0 ? clock(link.at + store.below.skew_ms) : "—"}</time></span>
      ${this.#stream()}${this.#feed("figures", this.#here(this.wall.latelyAt))}${this.#feed("weather", this.#there(this.#weatherAt()))}
      ${this.#moving()}${this.#plan()}
      ${tiles.staleSince === null ? nothing : html`<span class="feed stale"><i class="mark bad"></i>${t("tiles.stale", { time: clock(tiles.staleSince) })}</span>`}
      ${this.#door()}${this.#driver()}`;
  }

  /** A wall that will be signed out says so while somebody can still do something. */
  #door(): TemplateResult | typeof nothing {
    const { shut, endsAt } = this.wall;
    if (!shut && endsAt === null) return nothing;
    const said =
      shut || endsAt === null
        ? t("hall.shut")
        : t("hall.ends", { time: clock(endsAt).slice(0, 5) });
    return html`<span class="feed stale" data-feed="door"><i class="mark bad"></i>${said}</span>`;
  }

  /** How long ago by this machine's clock, s. */
  #here(at: number): number | null {
    return at > 0 ? Math.max(0, Date.now() - at) / 1000 : null;
  }

  /** How long ago by the server's clock, s. */
  #there(at: number | null): number | null {
    // A wall that shows the past still tells how old its feeds are now.
    const skew_ms = this.state.replay ? store.below.skew_ms : this.state.skew_ms;
    return at === null ? null : (Date.now() + skew_ms - at) / 1000;
  }

  #stream(): TemplateResult {
    const { link } = this.state;
    const age_s = this.#here(link.at);
    const old = age_s !== null && age_s > STALE_S.stream;
    const lost = link.status === "lost" || link.status === "late" || old;
    return html`<span class="feed ${lost ? "stale" : ""}" data-feed="stream"><i class="mark ${lost ? "bad" : "good"}"></i>${word("link", link.status)} <time>${age(age_s)}</time></span>`;
  }

  #weatherAt(): number | null {
    const seen = (this.wall.lately?.weather ?? []).map(({ at }) => Date.parse(at));
    return seen.length > 0 ? Math.max(...seen) : null;
  }

  /** Where nothing is followed, nothing can be old. */
  #moving(): TemplateResult | typeof nothing {
    const seen = [...this.state.movers.values()].map(({ seenAt }) => seenAt);
    return seen.length > 0 && !this.state.replay
      ? this.#feed("positions", this.#there(Math.max(...seen)))
      : nothing;
  }

  #plan(): TemplateResult | typeof nothing {
    if (!activeIncident(this.state) || this.state.replay) return nothing;
    const made = activePlan(this.state)?.created_at;
    return this.#feed("plan", this.#there(made ? Date.parse(made) : null));
  }

  #driver(): TemplateResult {
    const { by } = showing(this.state, this.wall);
    const { wall } = this.wall;
    const driven = (by === "desk" || by === "playlist") && wall?.shown_at;
    return html`<span class="driver">${
      driven
        ? t("hall.driven", {
            who: wall.shown_by ?? "",
            time: clock(Date.parse(driven)).slice(0, 5),
          })
        : t("hall.auto")
    }</span>`;
  }

  #feed(name: Exclude<keyof typeof STALE_S, "stream">, age_s: number | null): TemplateResult {
    const stale = age_s === null || age_s > STALE_S[name];
    return html`<span class="feed ${stale ? "stale" : ""}" data-feed=${name}><i class="mark ${stale ? "bad" : "good"}"></i>${t(`hall.feed.${name}`)} <time>${age(age_s)}</time></span>`;
  }
}

const age = (age_s: number | null): string => (age_s === null ? t("hall.feed.none") : ago(age_s));

define("om-hall-feeds", HallFeeds);
