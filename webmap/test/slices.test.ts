/** The time slider: one moment, or all of them one after the other. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { assessment } from "../src/api/assessment";
import { keepPlan } from "../src/store/incidents";
import { FRAME_MS, play, showSlice } from "../src/store/slices";
import { initial, store } from "../src/store/state";

const ring = [
  [121, 31],
  [121.1, 31],
  [121.1, 31.1],
  [121, 31],
];
const plan = assessment(
  {
    id: "a",
    slices: {
      type: "FeatureCollection",
      features: [180, 60, 120, 60].map((time_s) => ({
        type: "Feature",
        geometry: { type: "Polygon", coordinates: [ring] },
        properties: { time_s, level: "red" },
      })),
    },
  },
  "",
);

beforeEach(() => {
  vi.useFakeTimers();
  store.set({ ...initial, incident: "i", assessments: { i: plan } });
});
afterEach(() => {
  showSlice(null);
  vi.useRealTimers();
});

describe("the time slider", () => {
  it("plays from the first moment to the last and stays there", () => {
    play();
    expect(store.state).toMatchObject({ slice: 60, playing: true });
    vi.advanceTimersByTime(FRAME_MS);
    expect(store.state.slice).toBe(120);
    vi.advanceTimersByTime(FRAME_MS * 5);
    expect(store.state).toMatchObject({ slice: 180, playing: false });
  });

  it("begins again once it was at the end, and goes on from where it was held", () => {
    showSlice(180);
    play();
    expect(store.state.slice).toBe(60);
    vi.advanceTimersByTime(FRAME_MS);
    play();
    vi.advanceTimersByTime(FRAME_MS * 3);
    expect(store.state).toMatchObject({ slice: 120, playing: false });
    play();
    vi.advanceTimersByTime(FRAME_MS);
    expect(store.state.slice).toBe(180);
  });

  it("holds when a moment is chosen by hand", () => {
    play();
    showSlice(120);
    vi.advanceTimersByTime(FRAME_MS * 3);
    expect(store.state).toMatchObject({ slice: 120, playing: false });
  });

  it("shows the whole of a plan that was computed anew", () => {
    showSlice(120);
    keepPlan("i", plan);
    expect(store.state.slice).toBeNull();
  });
});
