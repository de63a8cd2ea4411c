/** The button among the map's tools; what it opens is fetched when it is first pressed. */
import { html, nothing, type TemplateResult } from "lit";
import { pressed } from "../store/coming";
import { may } from "../store/state";
import { t } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";

class WallButton extends Panel {
  static override reads = ["session"] as const;

  protected override render(): TemplateResult | typeof nothing {
    if (!may(this.state, "hall.control")) return nothing;
    return html`<button name="wall" title=${t("map.wall")} aria-label=${t("map.wall")} @click=${() => void press()}>${ICONS.wall}</button>`;
  }
}

const press = (): Promise<void> =>
  pressed(
    () => Promise.all([import("../store/walls"), import("./show_on_wall")]),
    ([{ toggleDriving }]) => toggleDriving(),
  );

define("om-wall-button", WallButton);
