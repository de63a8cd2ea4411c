import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closure } from "../src/api/closures";
import { closureData, middleOf } from "../src/map/closure_layers";
import { closureBody, drawClosing, editClosing, sendClosure } from "../src/store/closures";
import { addCorner, canClose, closeShape } from "../src/store/drawing";
import { initial, store } from "../src/store/state";
import { speak } from "../src/text/i18n";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const LINE = {
  type: "LineString" as const,
  coordinates: [
    [0, 0],
    [4, 0],
    [4, 2],
  ],
};
const form = {
  kind: "flood",
  reason: " water ",
  hours: 4,
  everybody: false,
  geometry: LINE,
  busy: false,
};

beforeEach(() => {
  speak("en");
  store.set(initial);
});
afterEach(() => vi.unstubAllGlobals());

describe("closing a road", () => {
  it("is drawn as a line of two corners or more, closed where it ends", () => {
    drawClosing("line");
    addCorner(0, 0);
    expect(store.state.drawing && canClose(store.state.drawing)).toBe(false);
    addCorner(4, 0);
    addCorner(4, 2);
    closeShape();
    expect(store.state.closing?.geometry).toEqual(LINE);
  });

  it("is the open incident's own until it is for everybody, and ends by the server's clock", () => {
    expect(closureBody(form, "i1", NOW)).toEqual({
      kind: "flood",
      geometry: LINE,
      reason: "water",
      until: "2026-11-22T16:00:00.000Z",
      incident: "i1",
    });
    expect(closureBody({ ...form, everybody: true, hours: null, reason: " " }, "i1", NOW)).toEqual({
      kind: "flood",
      geometry: LINE,
      reason: null,
      until: null,
      incident: null,
    });
  });

  it("sends nothing without a place", () => {
    expect(closureBody({ ...form, geometry: null }, null, NOW)).toBeNull();
  });

  it("that is refused keeps what was typed, and says how far the road is", async () => {
    drawClosing("point");
    addCorner(1, 1);
    editClosing({ reason: "bridge down" });
    const far = { error: { code: "closure_far", message: "the nearest road is 80 m away" } };
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => new Response(JSON.stringify(far), { status: 422 })),
    );
    await sendClosure();
    expect(store.state.closing).toMatchObject({ reason: "bridge down", busy: false });
    expect(store.state.notices[0]?.text).toBe("the nearest road is 80 m away");
  });
});

describe("a closed road on the map", () => {
  const made = (geometry: object, more: object = {}) =>
    closure({ id: "c1", geometry, properties: { kind: "bridge", reason: "down", ...more } }, "");

  it("has one sign in its middle, with what closes it in words", () => {
    const { features } = closureData([made(LINE)]);
    const [own, sign] = features;
    expect(own?.geometry).toEqual(LINE);
    expect(sign?.geometry).toEqual({ type: "Point", coordinates: [3, 0] });
    expect(sign?.properties.label).toBe("Bridge closed · down");
    expect(closureData([made({ type: "Point", coordinates: [1, 2] })]).features).toHaveLength(1);
  });

  it("the middle of an area is within a square", () => {
    const square = [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
      [0, 0],
    ];
    expect(middleOf({ type: "Polygon", coordinates: [square] })).toEqual([1, 1]);
    expect(
      middleOf({
        type: "LineString",
        coordinates: [
          [1, 1],
          [1, 1],
        ],
      }),
    ).toEqual([1, 1]);
  });

  it("without a place is no closure", () => {
    expect(() => closure({ id: "c1", properties: {} }, "c")).toThrow("a closure with a place");
  });
});
