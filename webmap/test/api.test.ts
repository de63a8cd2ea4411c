import { afterEach, describe, expect, it, vi } from "vitest";
import { assessment } from "../src/api/assessment";
import { aroundFeatures } from "../src/api/calls";
import { ApiError, address, failure, request, setLanguage } from "../src/api/client";
import { text, WireError } from "../src/api/read";
import { collection, incident, layers } from "../src/api/wire";

function answer(status: number, body: string): ReturnType<typeof vi.fn> {
  const fetch = vi.fn(async () => new Response(body, { status }));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

afterEach(() => vi.unstubAllGlobals());

describe("the only fetch", () => {
  it("sends the reader's language, and the mark against forged requests on unsafe methods only", async () => {
    const fetch = answer(200, '"x"');
    setLanguage("en");
    await request("/a", text);
    await request("/a", text, { method: "POST", body: { lon: 1 } });
    const headers = fetch.mock.calls.map(
      (call) => (call[1] as RequestInit).headers as Record<string, string>,
    );
    expect(headers[0]).toMatchObject({ "Accept-Language": "en" });
    expect(headers[0]).not.toHaveProperty("X-Requested-With");
    expect(headers[1]).toMatchObject({
      "X-Requested-With": "onemap",
      "Content-Type": "application/json",
    });
  });

  it("an error carries the server's words, code and details", async () => {
    answer(
      422,
      JSON.stringify({
        error: { code: "unknown_substance", message: "m", details: { near: ["a"] } },
      }),
    );
    const cause = await request("/a", text).catch((error: unknown) => error);
    expect(cause).toMatchObject({
      status: 422,
      code: "unknown_substance",
      message: "m",
      details: { near: ["a"] },
    });
  });

  it("an error page of a proxy and an answer cut short are errors, not empty data", async () => {
    answer(502, "<html>Bad gateway");
    await expect(request("/a", text)).rejects.toMatchObject({ code: "not_json", status: 502 });
    answer(200, '{"a": [1,');
    await expect(request("/a", text)).rejects.toBeInstanceOf(ApiError);
  });

  it("an unreachable server is told apart from one that refuses", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => Promise.reject(new TypeError("Failed to fetch"))),
    );
    await expect(request("/a", text)).rejects.toMatchObject({ code: "unreachable", status: 0 });
  });

  it("a failure of another shape keeps its status", () => {
    expect(failure(500, ["odd"])).toMatchObject({ status: 500, code: "unknown" });
  });

  it("a query leaves out what is not known", () => {
    expect(address("/s", { q: "a b", limit: null, layers: ["x", "y"], lat: 0 })).toBe(
      "/s?q=a+b&layers=x%2Cy&lat=0",
    );
  });
});

describe("what comes over the wire", () => {
  it("a missing field is named by its path", () => {
    expect(() => layers({ layers: [{ name: 3 }] }, "")).toThrow(
      new WireError("layers[0].name", "text", 3),
    );
  });

  it("a coordinate that is not finite is refused", () => {
    expect(() =>
      incident({ id: "a", kind: "flood", lon: Number.NaN, lat: 1, occurred_at: "" }, ""),
    ).toThrow("lon");
  });

  it("an empty assessment has every part, so that no panel meets nothing", () => {
    const plan = assessment({ id: "a" }, "");
    expect(plan.zones.features).toEqual([]);
    expect(plan.exposure).toMatchObject({ by_zone: [], targets: [], people: null });
    expect([plan.nearest, plan.advice, plan.steps, plan.models, plan.missing]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
  });

  it("a feature without a place stays off the map", () => {
    const read = collection(
      {
        type: "FeatureCollection",
        features: [{ type: "Feature", geometry: null, properties: { level: "red" } }],
      },
      "",
    );
    expect(read.features).toEqual([]);
  });

  it("what lies around comes nearest first, whatever its layer", () => {
    const at = (distance_m: number) => ({
      type: "Feature" as const,
      geometry: null,
      properties: { distance_m },
    });
    const found = aroundFeatures({ enterprise: [at(30)], hazard_source: [at(10), at(90)] });
    expect(found.map(({ properties }) => [properties.layer, properties.distance_m])).toEqual([
      ["hazard_source", 10],
      ["enterprise", 30],
      ["hazard_source", 90],
    ]);
  });
});
