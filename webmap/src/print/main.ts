/** The page that is printed: Chromium on the server opens it, waits for its word, and prints it. */
import "@fontsource/noto-sans-sc/400.css";
import "@fontsource/noto-sans-sc/600.css";
import "../style/tokens.css";
import "../style/frame.css";
import "../style/print.css";
import { render } from "lit";
import { ApiError } from "../api/client";
import type { Print } from "../api/prints";
import { printedMap } from "../map/printed";
import { fitKeys, type Shown, sheet } from "../panels/print_sheet";
import { plotStore } from "../store/plot_state";
import { plotKeys } from "../store/print_plots";
import { frameBounds } from "../store/print_sheet";
import { beginPrint, zoomAsked } from "../store/printed";
import { store } from "../store/state";
import { loadMoreWords } from "../text/i18n";

const { dataset } = document.documentElement;

/** Draw the sheet; lit keeps the map's element as it is. */
function draw(print: Print, shown: Shown | null): HTMLElement {
  render(sheet(print, store.state, shown), document.body);
  return document.querySelector<HTMLElement>("#map") ?? document.body;
}

async function print(): Promise<string> {
  await Promise.all([loadMoreWords("print"), loadMoreWords("plot")]);
  const asked = await beginPrint(location.search);
  document.title = asked.asked.title;
  const host = draw(asked, null);
  const { lon, lat } = asked.asked.view;
  const zoom = zoomAsked(asked);
  const frame = { lon, lat, zoom, width_px: host.clientWidth, height_px: host.clientHeight };
  const map = await printedMap(host);
  if (!map.stands(zoom)) return "print_scale";
  const plots = plotKeys(plotStore.state.plots.values(), frameBounds(frame));
  draw(asked, { frame, layers: map.seen(), plots });
  await document.fonts.ready;
  for (const drawn of document.querySelectorAll(".sheet")) fitKeys(drawn);
  return "ready";
}

/** Whoever prints waits for this word: `ready`, or why there is nothing to print. */
try {
  document.body.className = "print";
  dataset.print = await print();
} catch (cause) {
  if (!(cause instanceof ApiError)) throw cause;
  dataset.print = "print_page_empty";
}
