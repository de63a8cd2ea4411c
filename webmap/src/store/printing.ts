/** Asking for prints: of the map as it is shown, and of an incident's situation report. */
import { save } from "../api/client";
import { newId } from "../api/ids";
import {
  dropPrint,
  getPrint,
  openPrintFile,
  orderPrint,
  type Print,
  savePrint,
} from "../api/prints";
import { attempt } from "./notices";
import { MAP_MM, roundScale, scaleOf } from "./print_sheet";
import { store } from "./state";

const LOOK_MS = 1000;
const OPEN = new Set(["waiting", "running"]);

export interface PrintForm {
  title: string;
  format: "pdf" | "png";
  paper: "A4" | "A3";
  orientation: "portrait" | "landscape";
  /** 0: as on screen. */
  scale: number;
  grid: boolean;
  legend: boolean;
  signatures: boolean;
}

export const REPORTS = ["docx", "pdf", "html"] as const;

/** The form as it opens: the paper, and a scale that shows at least what the screen shows. */
export function firstForm(): PrintForm {
  const incident = store.state.incidents.find(({ id }) => id === store.state.incident);
  return {
    title: incident?.title ?? "",
    format: "pdf",
    paper: "A4",
    orientation: "landscape",
    scale: roundScale(screenScale()),
    grid: true,
    legend: true,
    signatures: true,
  };
}

/** The scale at which the sheet shows the screen's middle with the screen's own zoom. */
export function screenScale(): number {
  const { view } = store.state;
  return view ? scaleOf(view.lat, view.zoom) : 25_000;
}

/** How much ground a sheet shows, m. */
export function groundShown(form: PrintForm): [number, number] {
  const [width, height] = MAP_MM[`${form.paper} ${form.orientation}`] ?? [200, 160];
  const scale = form.scale || screenScale();
  return [(width / 1000) * scale, (height / 1000) * scale];
}

/**
 * Have a print made; `tell` hears how far it is. What failed has said so already: null.
 *
 * Once `over` says so nobody waits for it any more: the server gives it up.
 */
export async function makePrint(
  form: PrintForm,
  tell: (status: string) => void,
  over: () => boolean,
): Promise<Print | null> {
  const { view, hidden, layers, incident, slice, ground } = store.state;
  if (!view) return null;
  const { scale, ...asked } = form;
  const { lon, lat, zoom } = view;
  const layered = layers.map(({ name }) => name).filter((name) => !hidden.has(name));
  let print = await attempt(() =>
    orderPrint({
      ...asked,
      id: newId(),
      view: scale ? { lon, lat, scale } : { lon, lat, zoom: Math.min(19, Math.max(3, zoom)) },
      layers: layered,
      look: ground.look === "off" ? "off" : "light",
      incident,
      slice_s: slice,
    }),
  );
  while (print && OPEN.has(print.status)) {
    tell(print.status);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const { id } = print;
    if (over()) {
      await attempt(() => dropPrint(id));
      return null;
    }
    print = await attempt(() => getPrint(id));
  }
  return print;
}

export const keepPrint = (print: Print) => attempt(() => savePrint(print));

/** A picture of a print that is a PNG, to look at. */
export const pictureOf = (print: Print) => attempt(() => openPrintFile(print));

export function saveReport(incident: string, ending: (typeof REPORTS)[number]): Promise<unknown> {
  const path = `/api/v1/incidents/${encodeURIComponent(incident)}/report.${ending}`;
  return attempt(() => save(path, `report.${ending}`));
}
