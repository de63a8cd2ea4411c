import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Geometry, Position } from "geojson";
import { describe, expect, it } from "vitest";
import { KINDS, type Kind } from "../src/api/plots";
import { geometryOf, PRESSES } from "../src/store/plot_shapes";

interface Case {
  kind: Kind;
  control: Position[];
  properties: Record<string, number>;
  geometry: Geometry;
}

const VECTORS = join(import.meta.dirname, "../../data_samples/plots_vectors.json");
const { cases, tolerance_deg } = JSON.parse(readFileSync(VECTORS, "utf8")) as {
  cases: Case[];
  tolerance_deg: number;
};

const ring = (geometry: Geometry | null): Position[] => {
  if (geometry?.type === "Polygon") return geometry.coordinates[0] ?? [];
  return geometry?.type === "LineString" ? geometry.coordinates : [];
};

/** The server cuts what lies across 180 degrees; a shape under the pointer is drawn on. */
const whole = cases.filter(({ geometry }) => !geometry.type.startsWith("Multi"));

describe("a shape under the pointer", () => {
  it.each(whole.map((one, at) => ({ ...one, at })))(
    "is the one that is stored: $kind, case $at",
    ({ kind, control, properties, geometry }) => {
      const [here, there] = [ring(geometryOf(kind, control, properties)), ring(geometry)];
      expect(here.length).toBe(there.length);
      for (const [n, [lon = 0, lat = 0]] of here.entries()) {
        expect(Math.abs(lon - (there[n]?.[0] ?? 0))).toBeLessThan(tolerance_deg);
        expect(Math.abs(lat - (there[n]?.[1] ?? 0))).toBeLessThan(tolerance_deg);
      }
    },
  );

  it.each(KINDS)("is nothing of too few presses: %s", (kind) => {
    expect(geometryOf(kind, [], {})).toBeNull();
    const places = Array.from({ length: PRESSES[kind][0] }, () => [121, 31]);
    // All in one place: no direction, no width. It must not fail while it is drawn.
    expect(() => geometryOf(kind, places, { radius_m: 0 })).not.toThrow();
  });
});
