/** Whether this page opens without the server, and the button that renews it. */
import { html, nothing, type TemplateResult } from "lit";
import { define, Panel } from "../panels/panel";
import { t } from "../text/i18n";
import { renewPage } from "./page_build";

class BuildLine extends Panel {
  static override reads = ["field"] as const;

  protected override render(): TemplateResult {
    const { build } = this.state.field;
    return html`<p class="hint build ${build}" role="status">${t(`offline.page.${build}`)}
      ${build === "newer" ? html`<button name="renew-page" @click=${() => void renewPage()}>${t("offline.page.renew")}</button>` : nothing}</p>`;
  }
}

define("om-page-build", BuildLine);
