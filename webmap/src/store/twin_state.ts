/** What the two maps of a comparison show. */

/** As it is, as it was at a moment (ms by the server's clock), by another plan, over an image. */
export type Side =
  | { is: "now" }
  | { is: "moment"; at: number }
  | { is: "plan"; incident: string; id: string; label: string }
  | { is: "raster"; key: string; label: string };

export interface Twin {
  left: Side;
  right: Side;
}
