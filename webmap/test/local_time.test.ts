import { afterEach, describe, expect, it } from "vitest";
import { clock, day, stamp } from "../src/text/format";
import { foreignZone, localInput, setZone, typedMoment } from "../src/text/local_time";

const AT = "2026-11-22T16:05:12.000Z";
const zones = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];

afterEach(() => setZone(null));

describe("times by the site's clock", () => {
  it("are told and typed by it, whatever the device's own shows", () => {
    setZone("Asia/Shanghai");
    expect(localInput(AT)).toBe("2026-11-23T00:05:12");
    expect(typedMoment("2026-11-23T00:05:12")).toBe(AT);
    expect(typedMoment("2026-11-23T00:05")).toBe("2026-11-22T16:05:00.000Z");
    const told = [clock(Date.parse(AT)), day(Date.parse(AT)), stamp(AT)];
    expect(told).toEqual(["00:05:12", "2026-11-23", "2026-11-23 00:05"]);
  });

  it("come back the same in every zone and season, also on the days that clocks are changed", () => {
    for (const zone of zones) {
      setZone(zone);
      for (let day = 0; day < 366; day += 1) {
        const at = new Date(Date.UTC(2026, 0, 1, 15, 30) + day * 86_400_000).toISOString();
        expect(typedMoment(localInput(at))).toBe(at);
      }
    }
  });

  it("are named only where the device would tell another", () => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    setZone(here);
    expect(foreignZone(Date.parse(AT))).toBeNull();
    setZone("Asia/Kathmandu");
    expect(foreignZone(Date.parse(AT))).toBe("UTC+05:45");
    setZone("America/New_York");
    expect(foreignZone(Date.parse(AT))).toBe("UTC\u221205:00");
  });

  it("nothing typed, and what is no time, is no moment", () => {
    expect([typedMoment(""), typedMoment("soon"), localInput("")]).toEqual(["", "", ""]);
  });
});
