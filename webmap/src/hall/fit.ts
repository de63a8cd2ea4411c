/**
 * Nothing on a wall is cut and nothing scrolls: what a column has no room for is left out by whole
 * rows, the last of the least important list first, and how many are left out is said.
 *
 * A list that may give rows carries `data-gives`: the higher, the sooner. `data-keeps` is how many rows
 * it keeps while another can give; at the last one row stays, but of a list whose heading says as much
 * (`GIVES_ALL` and higher). Where even that is too much, the last panels are left out whole: a column
 * holds them by their weight.
 */

const GIVES_ALL = 9;

let due = false;

export function fitSoon(): void {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    for (const column of document.querySelectorAll<HTMLElement>("[data-fits]")) fitColumn(column);
  });
}

export function fitColumn(column: HTMLElement): void {
  const lists = [...column.querySelectorAll<HTMLElement>("[data-gives]")];
  for (const list of lists) {
    for (const row of list.children) row.toggleAttribute("hidden", false);
    list.removeAttribute("data-left");
  }
  const panels = [...column.children];
  for (const panel of panels) panel.toggleAttribute("data-crowded", false);
  const full = (): boolean => column.scrollHeight > column.clientHeight + 1;
  lists.sort((a, b) => Number(b.dataset.gives) - Number(a.dataset.gives));
  for (const kept of [keeps, least]) {
    while (full()) {
      const list = lists.find((one) => shownRows(one).length > kept(one));
      if (!list) break;
      shownRows(list).at(-1)?.toggleAttribute("hidden", true);
      sayLeft(list);
    }
  }
  for (const panel of panels.slice(1).reverse())
    if (full()) panel.toggleAttribute("data-crowded", true);
}

/** Of a list that has given all, the heading says how long it is. */
function sayLeft(list: HTMLElement): void {
  const shown = shownRows(list).length;
  if (shown > 0) list.dataset.left = `+${list.children.length - shown}`;
  else delete list.dataset.left;
}

const keeps = (list: HTMLElement): number => Number(list.dataset.keeps ?? least(list));
const least = (list: HTMLElement): number => (Number(list.dataset.gives) >= GIVES_ALL ? 0 : 1);

function shownRows(list: HTMLElement): Element[] {
  return [...list.children].filter((row) => !row.hasAttribute("hidden"));
}
