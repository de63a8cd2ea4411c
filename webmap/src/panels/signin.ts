import { html, nothing, type TemplateResult } from "lit";
import { signIn } from "../store/site";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

/** The door, shown where nobody is signed in. */
class SignIn extends Panel {
  static override reads = ["session", "ready"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { session, ready } = this.state;
    // A form that flashed up for a moment would take the focus, and the next key with it.
    const known = session !== null && (session.user !== null || session.permissions.length > 0);
    if (ready || known || (session === null && !this.hasAttribute("open"))) return nothing;
    return html`<form class="signin" @submit=${(event: Event) => this.#go(event)}>
      <h1>${session?.site.name ?? t("site.title")}</h1>
      <label>${t("signin.name")}<input name="name" autocomplete="username" required autofocus /></label>
      <label>${t("signin.password")}<input name="password" type="password" autocomplete="current-password" required /></label>
      <button class="primary wide">${t("signin.go")}</button></form>`;
  }

  #go(event: Event): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    void signIn(String(form.get("name")), String(form.get("password")));
  }
}

define("om-signin", SignIn);
