/** The first page: which face of the one map. */
import "../style/all.css";
import "../panels/topbar";
import { html } from "lit";
import { page } from "../panels/page";
import { begin } from "../store/site";
import { t } from "../text/i18n";

const FACES = ["desk", "hall", "planner", "field"] as const;

document.body.className = "chooser";
page(
  () => html`<om-topbar></om-topbar><main class="faces"><h1>${t("site.title")}</h1>
    <ul>${FACES.map((face) => html`<li><a href="/${face}"><b>${t(`page.${face}`)}</b><span>${t(`page.${face}.text`)}</span></a></li>`)}</ul></main>`,
);
void begin();
