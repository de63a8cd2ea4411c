/** The wind of a plan: where it blows from, how fast, and who says so. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment, Assumption } from "../api/assessment";
import { compass, quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { tag } from "./parts";

const entered = (plan: Assessment, name: string): Assumption | undefined =>
  plan.assumed.find(({ field }) => field === `weather.${name}`);

/** "Wind from SE, 1.7 m/s"; null where the direction or speed is not known. */
export function windText(plan: Assessment): string | null {
  const [speed, from] = ["wind_speed_m_s", "wind_from_deg"].map(
    (name) => entered(plan, name)?.value,
  );
  if (typeof speed !== "number" || typeof from !== "number") return null;
  return t("wind.said", { from: word("compass", compass(from)), speed: quantity(speed) });
}

/** The wind with its tags: one where speed and direction come from one place, else both. */
export function wind(plan: Assessment | null): TemplateResult | typeof nothing {
  if (!plan) return nothing;
  const said = windText(plan);
  if (said === null) return html`${t("wind.unknown")}`;
  const tags = ["wind_from_deg", "wind_speed_m_s"].map((name) => entered(plan, name)?.tag ?? "");
  return html`${said} ${[...new Set(tags)].map(tag)}`;
}
