import { describe, expect, it } from "vitest";
import { mayBePlace, readCoordinates, readPlace, writePlace } from "../src/store/place";

const ID = "0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

describe("the place in the address", () => {
  it("what is written is read back", () => {
    const place = {
      view: { lon: 121.47371, lat: 31.2304, zoom: 13.25 },
      hidden: new Set(["team", "region"]),
      incident: ID,
    };
    expect(readPlace(writePlace("?lang=en", place))).toEqual(place);
  });

  it("other parts of the address stay", () => {
    expect(writePlace("?lang=en&zoom=3", { view: null, hidden: new Set(), incident: null })).toBe(
      "?lang=en",
    );
  });

  it("a place out of range, half given or not a number is no place", () => {
    for (const search of [
      "?lon=200&lat=31&zoom=4",
      "?lon=121&zoom=4",
      "?lon=NaN&lat=1&zoom=2",
      "?lon=&lat=&zoom=",
      "?lon=1e999&lat=0&zoom=1",
    ])
      expect(readPlace(search).view).toBeNull();
  });

  it("an incident that is no id and a layer that is no name are dropped", () => {
    const place = readPlace("?incident=../../x&hide=team,<script>");
    expect(place.incident).toBeNull();
    expect([...place.hidden]).toEqual(["team"]);
  });

  it("typed coordinates are longitude, latitude", () => {
    expect(readCoordinates("121.4737, 31.2304")).toEqual({ lon: 121.4737, lat: 31.2304 });
    expect(readCoordinates("121.4737，31.2304")).toEqual({ lon: 121.4737, lat: 31.2304 });
    expect(readCoordinates("-0.5 51")).toEqual({ lon: -0.5, lat: 51 });
  });

  it("a name or a place that cannot be is not a coordinate", () => {
    for (const typed of ["Harbour 3", "31, 121", "1,2,3", "", "181, 0"])
      expect(readCoordinates(typed)).toBeNull();
  });
});

describe("a position in another form", () => {
  it.each([
    "38\u00b053\u203223.5\u2033N 121\u00b037\u2032E",
    "N30.9 E123.5",
    "\u4e1c\u7ecf123\u5ea630\u5206 \u5317\u7eac30\u5ea655\u5206",
    "3421000.5, 40512345.2",
  ])("%s is given to the server to read", (typed) => {
    expect(mayBePlace(typed)).toBe(true);
  });

  it.each(["\u6c2f3\u53f7\u7f50", "Storage 12", "No. 5 dock"])("%s is a name", (typed) => {
    expect(mayBePlace(typed)).toBe(false);
  });
});
