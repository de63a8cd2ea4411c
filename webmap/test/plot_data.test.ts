import { describe, expect, it } from "vitest";
import type { Kind, Plot } from "../src/api/plots";
import { featuresOf } from "../src/map/plot_data";
import { made } from "../src/store/plot_fold";
import { plotStore } from "../src/store/plot_state";
import { chooseBlock, finish, press, setOf } from "../src/store/plot_tool";

const plot = (kind: Kind, set: Record<string, unknown>): Plot => {
  const one = made("p", { kind, ...set }, "me");
  if (!one) throw new Error("no shape");
  return one;
};
const parts = (one: Plot, part: string) =>
  featuresOf(one).filter(({ properties }) => properties.part === part);
const SQUARE = [
  [121, 31],
  [121.02, 31],
  [121.02, 31.01],
  [121, 31.01],
];

describe("a plot on the map", () => {
  it("says on a cordon's line, north and south, how near it may be gone", () => {
    const names = parts(plot("cordon", { control: SQUARE, cordon: "hot" }), "cordon");
    const at = names.map(({ geometry }) => "coordinates" in geometry && geometry.coordinates);
    expect(at).toEqual([
      [expect.closeTo(121.01, 9), 31.01],
      [expect.closeTo(121.01, 9), 31],
    ]);
    expect(new Set(names.map(({ properties }) => properties.label)).size).toBe(1);
  });

  it("ends a dimension line in bars and an evacuation line in a head, turned as the line goes", () => {
    const east = { control: SQUARE.slice(0, 2), colour: "#ff0000" };
    const bars = parts(plot("dimension", east), "end").map(({ properties }) => properties);
    expect(bars.map(({ image }) => image)).toEqual(Array(2).fill("plot-end-bar-ff0000"));
    const [head, ...others] = parts(plot("evacuation", east), "end");
    expect(others).toEqual([]);
    expect(head?.properties).toMatchObject({ image: "plot-end-head-ff0000" });
    expect(head?.properties.rotation).toBeCloseTo(90, 1);
    expect(parts(plot("line", east), "end")).toEqual([]);
  });

  it("has the sign of a roadblock on the road, on the line and in the area it closes", () => {
    const ring = { type: "Polygon", coordinates: [[...SQUARE, SQUARE[0]]] };
    for (const set of [{ control: [SQUARE[0]] }, { geometry: ring }])
      expect(parts(plot("roadblock", { ...set, label: "R" }), "sign")[0]?.properties).toMatchObject(
        { label: "R", image: "plot-checkpoint-c2182b" },
      );
  });
});

describe("a roadblock", () => {
  it("takes as many presses as what it closes needs", () => {
    chooseBlock("area");
    for (const at of SQUARE.slice(0, 2)) press(at);
    finish();
    expect(plotStore.state.drawing?.points).toHaveLength(2);
    press(SQUARE[2] ?? []);
    const { drawing } = plotStore.state;
    expect(drawing && setOf(drawing)).toMatchObject({ geometry: { type: "Polygon" } });
    chooseBlock("line");
    press(SQUARE[0] ?? []);
    expect(plotStore.state.drawing?.points).toHaveLength(1);
  });
});
