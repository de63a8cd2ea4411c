import { beforeEach, describe, expect, it, vi } from "vitest";
import { importJob } from "../src/api/imports";
import { whereBody } from "../src/store/asking";
import { cql, operatorsFor } from "../src/store/cql";
import { addCorner, canClose, closeShape, draw, dropCorner } from "../src/store/drawing";
import { boxOf, circle } from "../src/store/geodesy";
import { checkBody, proposedForm, reached, stepOf } from "../src/store/import_form";
import { emptyForm, noQuestion } from "../src/store/planner";
import { readRoute, writeRoute } from "../src/store/route";
import { initial, store } from "../src/store/state";
import { ownImage, ownSvg, readOwnImage } from "../src/symbols/own";
import { bytes } from "../src/text/format";

const ID = "0198a1b2-0000-7000-8000-000000000001";

beforeEach(() => store.set(initial));

describe("conditions as CQL2", () => {
  const types: Record<string, string> = { quantity_t: "number", name: "text", built: "date" };
  const written = (field: string, operator: Parameters<typeof cql>[0][0]["operator"], value = "") =>
    cql([{ field, operator, value }], (name) => types[name] ?? "text");

  it("numbers stand bare, text is quoted, and a quote in it is doubled", () => {
    expect(written("quantity_t", "gt", "50")).toBe("quantity_t > 50");
    expect(written("name", "eq", "O'Hara")).toBe("name = 'O''Hara'");
    expect(written("built", "le", "2024-01-31")).toBe("built <= DATE('2024-01-31')");
  });

  it("what is typed into a search for a part of a text stands for itself", () => {
    expect(written("name", "like", "50%_")).toBe("name LIKE '%50\\%\\_%'");
  });

  it("a name that is no plain word is quoted, so that it cannot become another condition", () => {
    expect(written('a" OR 1=1', "known")).toBe('"a"" OR 1=1" IS NOT NULL');
  });

  it("a list takes commas of both languages", () => {
    expect(written("name", "in", "a\uff0cb,c")).toBe("name IN ('a', 'b', 'c')");
  });

  it("conditions without a value are left out, and none at all is no filter", () => {
    expect(written("name", "eq", " ")).toBeNull();
    const two = [
      { field: "name", operator: "unknown" as const, value: "" },
      { field: "quantity_t", operator: "le" as const, value: "3" },
    ];
    expect(cql(two, (name) => types[name] ?? "text")).toBe("name IS NULL AND quantity_t <= 3");
  });

  it("text is not ordered", () => {
    expect(operatorsFor("text")).not.toContain("lt");
    expect(operatorsFor("number")).toContain("lt");
  });
});

describe("where a question looks", () => {
  it("is nowhere until the place, shape or district is given", () => {
    expect(whereBody({ ...noQuestion, where: "around" }, null)).toBeNull();
    expect(whereBody({ ...noQuestion, where: "polygon" }, null)).toBeNull();
    expect(whereBody({ ...noQuestion, where: "district" }, null)).toBeNull();
    expect(whereBody({ ...noQuestion, where: "anywhere" }, null)).toEqual({});
    expect(whereBody({ ...noQuestion, where: "view" }, [1, 2, 3, 4])).toEqual({
      bbox: [1, 2, 3, 4],
    });
  });

  it("a circle keeps its radius north and east, far from the equator too", () => {
    const box = boxOf(circle(121.5, 60, 1000));
    const north = ((box?.[3] ?? 0) - 60) * 111_195;
    const east = ((box?.[2] ?? 0) - 121.5) * 111_195 * Math.cos(Math.PI / 3);
    expect(north).toBeCloseTo(1000, -1);
    expect(east).toBeCloseTo(1000, -1);
  });
});

describe("drawing", () => {
  it("three corners close to a ring, two do not", () => {
    const done = vi.fn();
    draw("polygon", done);
    addCorner(1, 1);
    addCorner(2, 1);
    closeShape();
    expect(done).not.toHaveBeenCalled();
    addCorner(2, 2);
    addCorner(9, 9);
    dropCorner();
    const { drawing } = store.state;
    expect(drawing && canClose(drawing)).toBe(true);
    closeShape();
    expect(done).toHaveBeenCalledWith({
      type: "Polygon",
      coordinates: [
        [
          [1, 1],
          [2, 1],
          [2, 2],
          [1, 1],
        ],
      ],
    });
    expect(store.state.drawing).toBeNull();
  });
});

describe("a file on its way in", () => {
  const job = (more: Record<string, unknown>) =>
    importJob({ id: ID, status: "analysed", ...more }, "");
  const analysis = {
    format: "csv",
    layers: [{ name: "", rows: 3, fields: [{ name: "a", type: "text", examples: ["x", null] }] }],
    crs: {
      given: null,
      guessed: "EPSG:4326",
      certain: false,
      reasons: [{ code: "r", text: "why" }],
    },
    encoding: { given: null, guessed: "GB18030", certain: true, alternatives: ["UTF-8"] },
    proposed: { layer: "team", fields: { name: "a" }, source_remembered: true },
  };

  it("begins with what was guessed, and what was given wins", () => {
    expect(proposedForm(job({ analysis }))).toMatchObject({
      layer: "team",
      crs: "EPSG:4326",
      encoding: "GB18030",
      fields: { name: "a" },
    });
    const given = { crs: "GCJ-02", layer: "resource" };
    expect(proposedForm(job({ analysis, options: given }))).toMatchObject(given);
  });

  it("what was left open is not sent; a cell emptied by a person is null", () => {
    const corrections = [{ row: 2, field: "people", got: "many", value: "" }];
    expect(checkBody({ ...emptyForm, layer: "team", fields: { name: "a" } }, corrections)).toEqual({
      layer: "team",
      fields: { name: "a" },
      corrections: [{ row: 2, field: "people", value: null }],
    });
  });

  it("a layer of its own is sent with its look, and never together with a stored layer", () => {
    const style = { color: "#34d399", symbol: "pin", label_field: null, min_zoom: null };
    const own = { title: " Hydrants ", access: "open", style };
    const body = checkBody({ ...emptyForm, own, layer: "" }, []);
    expect(body.new_layer).toEqual({
      title: "Hydrants",
      access: "open",
      style: { color: "#34d399", symbol: "pin" },
    });
    expect(body.layer).toBeUndefined();
  });

  it("errors and warnings stop at the check; a clean batch goes on to the comparison", () => {
    const layers = (errors: number) => ({ team: { rows: 3, new: 2, errors } });
    expect(stepOf(job({ status: "staged", report: { layers: layers(1) } }))).toBe("check");
    expect(stepOf(job({ status: "staged", report: { layers: layers(0) } }))).toBe("stage");
    const warned = { layers: layers(0), warnings: [{ code: "looks_gcj02", text: "shifted" }] };
    expect(stepOf(job({ status: "staged", report: warned }))).toBe("check");
    expect(stepOf(job({ status: "taken_back" }))).toBe("publish");
  });

  it("a step that was not reached cannot be opened", () => {
    expect(reached(null).has("stage")).toBe(false);
    expect(reached(job({})).has("check")).toBe(false);
    expect(reached(job({ status: "staged" })).has("publish")).toBe(true);
  });
});

describe("the address of the planner", () => {
  const nothing = { tool: null, import: null, theme: null, enterprise: null, park: null };

  it("an import in it opens the import's tool", () => {
    expect(readRoute(`?import=${ID}`)).toEqual({ ...nothing, tool: "import", import: ID });
  });

  it("an id that is none is dropped, and what else stands there is kept", () => {
    expect(readRoute("?enterprise=x&tool=nonsense")).toEqual(nothing);
    expect(writeRoute("?lang=en&tool=query", { ...nothing, theme: ID })).toBe(
      `?lang=en&theme=${ID}`,
    );
  });
});

describe("symbols of own layers", () => {
  it("are named by shape and colour, and read again", () => {
    expect(readOwnImage(ownImage("pin", "#34d399"))).toEqual({ shape: "pin", colour: "#34d399" });
    expect(readOwnImage("team-fire")).toBeNull();
  });

  it("a colour that is none never reaches the drawing", () => {
    expect(ownSvg("pin", '"/><script>', 20)).not.toContain("script");
  });
});

it("the size of a file is told in three figures", () => {
  expect([640, 12_400, 3_100_000].map(bytes)).toEqual(["640 B", "12.4 kB", "3.1 MB"]);
});
