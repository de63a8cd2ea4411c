import { describe, expect, it } from "vitest";
import {
  area,
  compass,
  countdown,
  DASH,
  distance,
  elapsed,
  localTime,
  minutes,
  people,
  quantity,
} from "../src/text/format";

describe("numbers as people read them", () => {
  it("a distance is in metres below one kilometre and in kilometres above", () => {
    expect([0, 7.4, 99.4, 846, 994, 995, 1240, 12_400, 120_400].map(distance)).toEqual([
      "0 m",
      "7 m",
      "99 m",
      "850 m",
      "990 m",
      "1.0 km",
      "1.2 km",
      "12.4 km",
      "120 km",
    ]);
  });

  it("people are rounded as estimates are, never below a hundred", () => {
    expect([0, 7, 99, 104, 1234, 45_678, 1_250_000].map(people)).toEqual([
      "0",
      "7",
      "99",
      "100",
      "1,200",
      "46,000",
      "1,300,000",
    ]);
  });

  it("what is not known is a dash, never a zero", () => {
    expect([
      distance(null),
      people(null),
      countdown(null),
      area(undefined),
      quantity(null),
    ]).toEqual([DASH, DASH, DASH, DASH, DASH]);
  });

  it("a countdown shows hours only where there are some, and never goes below zero", () => {
    expect([countdown(200), countdown(0), countdown(-5), countdown(3_725)]).toEqual([
      "03:20",
      "00:00",
      "00:00",
      "01:02:05",
    ]);
  });

  it("time since an incident keeps its sign", () => {
    expect([elapsed(872), elapsed(-61)]).toEqual(["00:14:32", "−00:01:01"]);
  });

  it("travel under a minute says so", () => {
    expect([minutes(20), minutes(610)]).toEqual(["<1 min", "10 min"]);
  });

  it("an area is in km² from a hectare up", () => {
    expect([area(900), area(1_131_000), area(201e6)]).toEqual(["900 m²", "1.13 km²", "201.0 km²"]);
  });

  it("a quantity keeps four figures and its unit", () => {
    expect([
      quantity(12.34567, "kg/s"),
      quantity(3.665675e-5),
      quantity(30, "1"),
      quantity(true),
      quantity(["a", 2]),
    ]).toEqual(["12.35 kg/s", "3.67e-5", "30", "yes", "a, 2"]);
  });

  it("local time keeps the place's own offset", () => {
    expect(localTime("2026-11-22T00:04:54.607000+01:00")).toBe("2026-11-22 00:04 +01:00");
    expect(localTime("2026-01-02T03:04:05Z")).toBe("2026-01-02 03:04 Z");
  });

  it("wind is named by where it comes from, all the way round", () => {
    expect([0, 225, 348.75, 359.9, -45].map(compass)).toEqual(["N", "SW", "N", "N", "NW"]);
  });
});
