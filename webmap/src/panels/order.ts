/** Order one arrival: what of it and how much, seen before it is sent. */
import { html, nothing, type TemplateResult } from "lit";
import type { Arrival } from "../api/assessment";
import type { Choice, Ordering } from "../store/command";
import { cancelOrder, chooseItem, editOrder, mayOrder, sendOrder } from "../store/ordering";
import { quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";

export function orderForm(form: Ordering, arrival: Arrival): TemplateResult {
  const over = form.most !== null && form.amount > form.most;
  const { choices } = form;
  const nothingHere = choices?.length === 0;
  return html`<form class="order" aria-label=${t("order.title", { name: nameOf(arrival) ?? "" })} @submit=${(
    event: Event,
  ) => {
    event.preventDefault();
    void sendOrder(arrival);
  }}>
    ${
      choices && choices.length > 1
        ? html`<label>${t("order.what")}<select name="what" @change=${(event: Event) => chooseItem((event.target as HTMLSelectElement).selectedIndex)}>
      ${choices.map((one) => html`<option ?selected=${one.what === form.what && one.item === form.item && one.row === form.row}>${choiceName(one)}${one.most === null || one.what === "team" ? nothing : html` (${amount(one.most, one.unit)})`}</option>`)}</select></label>`
        : html`<p>${choices === null ? t("order.asking") : choiceName(form)}</p>`
    }
    ${
      form.what === "team" || !choices || nothingHere
        ? nothing
        : html`<label>${t("order.amount")} ${form.most === null ? nothing : html`<small>${t("order.most", { amount: amount(form.most, form.unit) })}</small>`}
      <input name="amount" type="number" inputmode="decimal" min="0" step="any" .value=${String(form.amount)} aria-invalid=${over} @input=${(event: Event) => editOrder({ amount: (event.target as HTMLInputElement).valueAsNumber })} /></label>`
    }
    ${over ? html`<p class="warn" role="alert">${t("order.over", { amount: amount(form.most ?? 0, form.unit) })}</p>` : nothing}
    ${nothingHere ? html`<p class="warn">${t("order.nostock")}</p>` : nothing}
    <footer class="decide"><button class="primary" name="send-order" ?disabled=${!mayOrder(form)}>${form.busy ? t("order.sending") : t("order.send", { what: summary(form) })}</button>
      <button type="button" class="ghost" @click=${cancelOrder}>${t("report.cancel")}</button></footer></form>`;
}

function choiceName({ what, item }: Choice): string {
  return item ?? word("claim", what);
}

/** "5 t": units of data are as they are, our own ("person") come in words. */
export function amount(value: number, unit: string): string {
  return quantity(value, unit === "" ? null : word("unit", unit));
}

function summary(form: Ordering): string {
  if (form.what === "team") return choiceName(form);
  return [form.what === "people" ? "" : choiceName(form), amount(form.amount, form.unit)]
    .filter(Boolean)
    .join(" ");
}
