/** Readings of the scene on the map: value, unit and time, and by its shape what it says of the plan. */
import L from "leaflet";
import type { ReadingRow } from "../api/readings";
import { showTab } from "../store/browse";
import { newest, type Shape, shapeOf } from "../store/reading_shapes";
import { type State, store } from "../store/state";
import "../style/reading_marks.css";
import "../text/desk_words";
import { clock, NUMERALS, quantity } from "../text/format";
import { t } from "../text/i18n";
import { onPress } from "./pressed";

export function watchReadingMarks(map: L.Map): void {
  const held = new Map<string, { marker: L.Marker; said: string }>();
  /** A mark stays where nothing of it has changed: a person may just have come to it by Tab. */
  const show = ({ incident, duty, language }: State): void => {
    const gone = new Set(held.keys());
    for (const row of newest(duty.readings[incident ?? ""] ?? [])) {
      gone.delete(row.id);
      const said = JSON.stringify([language, row]);
      if (held.get(row.id)?.said === said) continue;
      held.get(row.id)?.marker.remove();
      held.set(row.id, { marker: mark(row).addTo(map), said });
    }
    for (const id of gone) {
      held.get(id)?.marker.remove();
      held.delete(id);
    }
  };
  let read: State["duty"]["readings"] | null = null;
  const look = (state: State, changed: ReadonlySet<keyof State>): void => {
    if (state.duty.readings === read && !changed.has("incident") && !changed.has("language"))
      return;
    read = state.duty.readings;
    show(state);
  };
  store.subscribe(look);
  look(store.state, new Set());
}

function mark(row: ReadingRow): L.Marker {
  const shape = shapeOf(row);
  const said = [
    quantity(row.value, row.unit),
    clock(Date.parse(row.at)),
    t(`reading.mark.${shape}`),
  ];
  const icon = L.divIcon({
    className: "reading-marker",
    html: face(row, shape),
    iconSize: [44, 44],
  });
  const marker = L.marker([row.lat, row.lon], {
    icon,
    keyboard: true,
    alt: said.join(" · "),
    title: said.join(" · "),
    zIndexOffset: shape === "outside" ? 900 : 300,
  });
  onPress(marker, () => showTab("readings"));
  return marker;
}

/** Elements, never a string of HTML: units and instruments come from outside. */
function face(row: ReadingRow, shape: Shape): HTMLElement {
  const element = document.createElement("span");
  element.className = `reading-mark ${shape} ${row.judged?.level ?? ""}`;
  const sign = document.createElement("i");
  sign.textContent = SIGN[shape] || NUMERALS[row.judged?.level ?? ""] || "";
  const value = document.createElement("b");
  value.textContent = quantity(row.value, row.unit);
  const when = document.createElement("small");
  when.textContent = clock(Date.parse(row.at));
  element.append(sign, value, when);
  return element;
}

const SIGN: Readonly<Record<Shape, string>> = { outside: "!", inside: "", below: "", late: "?" };
