/** Where hazard sources lie dense: warm ground under the symbols, weighted by grade and number. */
import type { ExpressionSpecification, Map as GlMap } from "maplibre-gl";
import { FEATURES } from "./features";

const ID = "hazard-heat";

/** A counted cell weighs as many rows as it stands for, each by its grade. */
const weight: ExpressionSpecification = [
  "*",
  ["coalesce", ["get", "count"], 1],
  [
    "match",
    ["to-string", ["coalesce", ["get", "worst"], ["get", "grade"], ""]],
    "1",
    4,
    "2",
    3,
    "3",
    2,
    1,
  ],
];

/** Draw or take away the warmth; again after every new style, which knows nothing of it. */
export function warm(gl: GlMap, shown: () => boolean): () => void {
  const show = (): void => {
    if (!gl.getSource(FEATURES)) return;
    if (!shown()) {
      if (gl.getLayer(ID)) gl.removeLayer(ID);
      return;
    }
    if (gl.getLayer(ID)) return;
    const below = gl.getStyle().layers.find(({ id }) => id === "region-edge")?.id;
    gl.addLayer(
      {
        id: ID,
        type: "heatmap",
        source: FEATURES,
        "source-layer": "hazard_source",
        paint: {
          "heatmap-weight": ["min", 1, ["/", weight, 12]],
          "heatmap-radius": ["interpolate", ["exponential", 2], ["zoom"], 6, 14, 12, 70, 16, 220],
          "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 6, 0.8, 14, 1.6],
          "heatmap-opacity": 0.55,
          "heatmap-color": [
            "interpolate",
            ["linear"],
            ["heatmap-density"],
            0,
            "rgba(47,128,237,0)",
            0.2,
            "rgba(47,128,237,0.55)",
            0.45,
            "rgba(255,210,63,0.65)",
            0.7,
            "rgba(255,140,26,0.8)",
            1,
            "rgba(229,52,61,0.9)",
          ],
        },
      },
      below,
    );
  };
  gl.on("styledata", show);
  show();
  return show;
}
