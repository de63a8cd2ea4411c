/** Vehicles and people that report where they are: never tiles, always with their age. */
import type { LayerSpecification } from "maplibre-gl";
import type { Mover } from "../api/positions";
import { type Freshness, freshness } from "../store/freshness";
import { INK } from "../symbols/palette";
import { ago } from "../text/format";
import { t } from "../text/i18n";
import { BOLD } from "./fonts";
import type { Collection } from "./plan";

const SOURCE = "moving";

export function movingLayers(): LayerSpecification[] {
  return [
    {
      id: "moving-heading",
      type: "symbol",
      source: SOURCE,
      filter: ["has", "heading"],
      layout: {
        "icon-image": "mover-heading",
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.8, 14, 1.3],
        "icon-rotate": ["get", "heading"],
        "icon-rotation-alignment": "map",
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
      paint: { "icon-opacity": ["match", ["get", "tone"], "stale", 0.35, 1] },
    },
    {
      id: "moving-symbol",
      type: "symbol",
      source: SOURCE,
      layout: {
        "icon-image": ["get", "icon"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.6, 14, 1],
        "icon-allow-overlap": true,
        "symbol-sort-key": ["match", ["get", "tone"], "stale", 1, 0],
        "text-field": ["step", ["zoom"], "", 11, ["get", "label"]],
        "text-font": [BOLD],
        "text-size": 12.5,
        "text-offset": [0, 1.3],
        "text-anchor": "top",
        "text-optional": true,
      },
      paint: {
        "icon-opacity": ["match", ["get", "tone"], "stale", 0.6, 1],
        "text-color": ["match", ["get", "tone"], "stale", INK.alarm, "late", INK.late, INK.bright],
        "text-halo-color": INK.halo,
        "text-halo-width": 2,
      },
    },
  ];
}

/** What each thing is drawn with; `now` is the server's clock, ms. */
export function movingData(movers: Iterable<Mover>, now: number): Collection {
  return {
    type: "FeatureCollection",
    features: [...movers].map((mover) => {
      const age = (now - mover.seenAt) / 1000;
      const tone = freshness(age);
      return {
        type: "Feature" as const,
        id: mover.id,
        geometry: { type: "Point" as const, coordinates: [mover.lon, mover.lat] },
        properties: {
          id: mover.id,
          icon: `mover-${mover.profile ?? mover.kind}`,
          tone,
          label: labelOf(mover, tone, age),
          // A thing that stands has a heading that says nothing.
          ...(mover.heading_deg === null || (mover.speed_m_s ?? 1) < 0.5
            ? {}
            : { heading: mover.heading_deg }),
        },
      };
    }),
  };
}

function labelOf(mover: Mover, tone: Freshness, age: number): string {
  const name = mover.name ?? mover.plate ?? mover.id.slice(0, 8);
  return tone === "stale" ? `${name}\n${t("track.stale")} ${ago(age)}` : `${name}\n${ago(age)}`;
}
