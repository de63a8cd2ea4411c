/** A button that takes a file out: busy while it is made, and what went wrong is told. */
import { html, type TemplateResult } from "lit";
import { saveFile } from "../store/saving";

/** `instead` names the file where the server does not. */
export function saveButton(label: string, path: string, instead: string): TemplateResult {
  const ending = instead.split(".").at(-1) ?? "";
  return html`<button type="button" name="save-${ending}" @click=${async (event: Event) => {
    const button = event.currentTarget as HTMLButtonElement;
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    await saveFile(path, instead);
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }}>${label}</button>`;
}
