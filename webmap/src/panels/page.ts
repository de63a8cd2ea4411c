/** The frame that every entrance shares. */
import "@fontsource/noto-sans-sc/400.css";
import "@fontsource/noto-sans-sc/600.css";
import { html, render, type TemplateResult } from "lit";
import { type State, store } from "../store/state";
import { t } from "../text/i18n";
import { fetchPart } from "./lazy";
import "./overlays";
import "./signin";

/** Draw the page's frame, and again (titles, labels) when the language changes. */
export function page(content: () => TemplateResult): void {
  const draw = (): void => {
    const site = store.state.session?.site;
    const name = store.state.language === "en" ? (site?.name_en ?? site?.name) : site?.name;
    document.title = [name, t("site.title")].filter(Boolean).join(" · ");
    render(
      html`${content()}<om-source></om-source><om-notices></om-notices><om-signin></om-signin>`,
      document.body,
    );
  };
  draw();
  store.subscribe((state, changed) => {
    if (changed.has("language") || changed.has("session")) draw();
    if (changed.has("incident") || changed.has("closures")) fetchLegend(state);
  });
}

/** What is drawn needs its legend: of the first incident, of the first closed road. */
function fetchLegend({ incident, closures }: State): void {
  if (incident === null && !closures?.length) return;
  if (document.querySelector("om-legend")) fetchPart("om-legend");
}

export function host(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}
