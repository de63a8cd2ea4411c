/** Correct what was reported: what, to what, and why; nothing of before is lost. */
import { html, nothing, type TemplateResult } from "lit";
import type { IncidentFile } from "../api/incident_file";
import { HARMED } from "../store/draft";
import { draw } from "../store/drawing";
import { correct } from "../store/incident_file";
import { place } from "../text/format";
import { t, word } from "../text/i18n";
import { KINDS } from "./report_parts";

const WORDS = ["address", "course", "measures", "requests", "leaders"] as const;

export function correctionForm(
  file: IncidentFile,
  incident: string,
  done: () => void,
): TemplateResult {
  return html`<form class="correction" @submit=${(event: Event) => void send(event, file, incident, done)}>
    <label>${t("report.kind")}<select name="kind">${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === file.kind}>${word("kind", kind)}</option>`)}</select></label>
    <label>${t("report.substance")}<input name="substance" maxlength="120" autocomplete="off" .value=${file.substance ?? ""} /></label>
    <label>${t("report.place")}<span class="placed"><input name="position" readonly .value=${place(file.lon, file.lat)} /><button type="button" name="move" @click=${pick}>${t("desk.place")}</button></span></label>
    ${WORDS.map((field) => html`<label>${word("file.field", field)}<textarea name=${field} rows="1" maxlength="4000" .value=${file[field] ?? ""}></textarea></label>`)}
    <fieldset class="harmed"><legend>${t("file.count")}</legend>${HARMED.map((name) => html`<label>${word("harmed", name)}<input type="number" min="0" step="1" max="10000000" name=${name} placeholder=${String(file.casualties.at(-1)?.[name] ?? "")} /></label>`)}</fieldset>
    <label>${t("file.why")}<input name="why" required maxlength="400" autocomplete="off" /></label>
    <p class="actions"><button class="primary" name="send-correction">${t("file.correct.send")}</button><button type="button" class="ghost" @click=${done}>${t("report.cancel")}</button></p>
    ${nothing}</form>`;
}

function pick(event: Event): void {
  const field = (event.target as HTMLElement).closest("form")?.elements.namedItem("position");
  draw("point", (shape) => {
    if (shape.type !== "Point" || !(field instanceof HTMLInputElement)) return;
    field.value = shape.coordinates
      .slice(0, 2)
      .map((each) => each.toFixed(6))
      .join(", ");
  });
}

async function send(
  event: Event,
  file: IncidentFile,
  incident: string,
  done: () => void,
): Promise<void> {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  const said = (name: string): string => String(form.get(name) ?? "").trim();
  if (!said("why")) return;
  const [lon, lat] = said("position").split(",").map(Number);
  const moved = said("position") !== place(file.lon, file.lat);
  const counts = HARMED.filter((name) => said(name) !== "");
  const words = WORDS.filter((name) => said(name) !== (file[name] ?? ""));
  const body = {
    why: said("why"),
    ...(said("kind") === file.kind ? {} : { kind: said("kind") }),
    ...(said("substance") === (file.substance ?? "")
      ? {}
      : { substance: said("substance") || null }),
    ...(moved ? { lon, lat } : {}),
    ...Object.fromEntries(words.map((name) => [name, said(name) || null])),
    ...(counts.length > 0 ? { casualties: [...file.casualties, latest(file, counts, said)] } : {}),
  };
  if (await correct(incident, file.version, body)) done();
}

/** A count is a new line of the timeline; what nobody counted anew stays as it was counted last. */
function latest(
  file: IncidentFile,
  counted: readonly (typeof HARMED)[number][],
  said: (name: string) => string,
): Record<string, unknown> {
  const before = file.casualties.at(-1);
  const kept = HARMED.filter((name) => !counted.includes(name) && before?.[name] != null);
  return {
    at: new Date().toISOString(),
    ...Object.fromEntries(kept.map((name) => [name, before?.[name]])),
    ...Object.fromEntries(
      counted.map((name) => [name, Math.max(0, Math.floor(Number(said(name))))]),
    ),
  };
}
