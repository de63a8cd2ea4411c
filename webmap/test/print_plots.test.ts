import { describe, expect, it } from "vitest";
import type { Plot } from "../src/api/plots";
import { plotKeys } from "../src/store/print_plots";

const BOX = [121, 30, 122, 31] as const;

function plot(fields: Partial<Plot> & Pick<Plot, "kind">): Plot {
  return {
    id: `${Math.round((fields.order ?? 0) * 10)}`,
    control: [],
    geometry: { type: "Point", coordinates: [121.5, 30.5] },
    properties: {},
    order: 0,
    locked: false,
    version: 1,
    ...fields,
  } as Plot;
}

const engine = { kind: "point", properties: { symbol: "fire_engine", colour: "#1769c4" } } as const;

describe("the keys of plots on a printed map", () => {
  it("name each look once and count who has it, the topmost first", () => {
    const found = plotKeys(
      [
        plot({ ...engine, order: 1 }),
        plot({ kind: "cordon", properties: { cordon: "hot" }, order: 2 }),
        plot({ ...engine, order: 3 }),
        plot({ ...engine, properties: { ...engine.properties, colour: "#c2185b" }, order: 0 }),
      ],
      BOX,
    );
    expect(found.map(({ plot: one, count }) => [one.properties.colour ?? one.kind, count])).toEqual(
      [
        ["#1769c4", 2],
        ["cordon", 1],
        ["#c2185b", 1],
      ],
    );
  });

  it("leave out what lies beside the sheet, and words that stand on it themselves", () => {
    const found = plotKeys(
      [
        plot({ ...engine, geometry: { type: "Point", coordinates: [123, 30.5] } }),
        plot({ kind: "text", properties: { text: "指挥部" } }),
        plot({
          kind: "line",
          geometry: {
            type: "LineString",
            coordinates: [
              [120, 30.5],
              [123, 30.5],
            ],
          },
        }),
      ],
      BOX,
    );
    expect(found.map(({ plot: one }) => one.kind)).toEqual(["line"]);
  });
});
