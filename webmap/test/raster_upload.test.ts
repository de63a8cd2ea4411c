import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "../src/panels/import_raster";
import { rasterForm, readRasterUploads, sendRaster } from "../src/store/raster_upload";
import { initial, store } from "../src/store/state";

const ID = "0198a1b2-0000-7000-8000-000000000001";
const upload = (status: string, change: object = {}) => ({
  id: ID,
  file_name: "before.tif",
  status,
  progress: {},
  error: null,
  raster: null,
  created_at: "2026-11-22T08:00:00+08:00",
  created_by: "data",
  ...change,
});
const ground = {
  basemap: { tiles: "/tiles/basemap/0/{z}/{x}/{y}.mvt" },
  rasters: [{ id: "r", kind: "imagery", name: "before", tiles: "/tiles/raster/r/1-1/{z}/{x}/{y}" }],
};

/** A server that tells the next of these at each question about uploads. */
function server(posted: Response, told: object[][]) {
  const fetch = vi.fn(async (path: string, init: RequestInit) => {
    if (init.method === "POST") return posted;
    if (path === "/api/v1/ground") return Response.json(ground);
    return Response.json({ uploads: told.length > 1 ? told.shift() : told[0] });
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

function filled(said: Record<string, string>): FormData {
  const form = new FormData();
  form.append("file", new File(["II*"], "before.tif"));
  form.append("file", new File(["1"], "before.tfw"));
  for (const [name, value] of Object.entries(said)) form.set(name, value);
  return form;
}

const SAID = { kind: "imagery", source: " Survey ", taken_at: "2026-11-01", crs: "", band: " " };

beforeEach(() => {
  vi.useFakeTimers();
  store.set({ ...initial, notices: [] });
});
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

describe("a raster that is sent", () => {
  it("goes with its files and with what was said of it, and nothing for an empty field", () => {
    const form = rasterForm(filled(SAID));
    expect(form.getAll("file").map((file) => (file as File).name)).toEqual([
      "before.tif",
      "before.tfw",
    ]);
    expect([...form.keys()].sort()).toEqual(["file", "file", "kind", "source", "taken_at"]);
    expect(form.get("source")).toBe("Survey");
  });

  it("is followed until it is there, and then lies in the list of the ground", async () => {
    const reading = upload("reading", { progress: { step: "pixels", count: 512 } });
    const told = [[upload("waiting")], [reading], [upload("done", { raster: "r" })]];
    const fetch = server(Response.json(upload("waiting"), { status: 202 }), told);
    expect(await sendRaster(filled(SAID))).toBe(true);
    expect(store.state.ground.rasters).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.state.uploading.uploads?.[0]?.progress.count).toBe(512);
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.state.uploading).toMatchObject({ busy: false, uploads: [{ status: "done" }] });
    expect(store.state.ground.rasters.map(({ id }) => id)).toEqual(["r"]);
    expect(store.state.notices.map(({ text }) => text).join()).toContain("before.tif");
    const asked = fetch.mock.calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fetch.mock.calls.length).toBe(asked);
  });

  it("is told why it was refused, in the words that the server has for it", async () => {
    const error = { code: "invalid_input", message: "no unit", text: "unit: say one" };
    server(Response.json({ error }, { status: 422 }), [[]]);
    expect(await sendRaster(filled(SAID))).toBe(false);
    expect(store.state.uploading).toMatchObject({ busy: false, fault: "unit: say one" });
  });

  it("is not announced anew when it was there before the page was", async () => {
    const fetch = server(Response.json({}), [[upload("done", { raster: "r" })]]);
    await readRasterUploads();
    expect(store.state.notices).toEqual([]);
    expect(fetch.mock.calls.map(([path]) => path)).toEqual(["/api/v1/raster-uploads"]);
  });

  it("stays in the list when an older answer, without it, comes late", async () => {
    const late: ((answer: Response) => void)[] = [];
    vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => late.push(resolve)));
    const [first, second] = [readRasterUploads(), readRasterUploads()];
    late[1]?.(Response.json({ uploads: [upload("waiting")] }));
    await second;
    late[0]?.(Response.json({ uploads: [] }));
    await first;
    expect(store.state.uploading.uploads).toHaveLength(1);
  });
});

describe("the form for a raster", () => {
  const may = (...permissions: string[]): void =>
    store.set({
      session: {
        user: { name: "data", title: null },
        roles: [],
        permissions,
        demo: false,
        epoch: null,
        seq: null,
        site: {
          name: "",
          name_en: null,
          fictional: true,
          timezone: null,
          bbox: null,
          center: null,
          zoom: null,
          attribution: [],
        },
      },
    });
  const shown = async (): Promise<Element> => {
    const panel = document.createElement("om-raster-upload");
    document.body.replaceChildren(panel);
    await vi.advanceTimersByTimeAsync(0);
    return panel;
  };
  const choose = async (panel: Element, kind: string): Promise<(string | null)[]> => {
    const select = panel.querySelector<HTMLSelectElement>("[name=kind]");
    if (select) select.value = kind;
    select?.dispatchEvent(new Event("change"));
    await vi.advanceTimersByTimeAsync(0);
    const asked = panel.querySelectorAll("[name=unit],[name=taken_at],[name=period]");
    return [...asked].map((field) => field.getAttribute("name"));
  };

  it("is for those who may manage rasters, and asks nothing for the others", async () => {
    const fetch = server(Response.json({}), [[]]);
    may("imports.write");
    expect((await shown()).querySelector("form")).toBeNull();
    expect(fetch).not.toHaveBeenCalled();
    may("imports.write", "rasters.manage");
    expect((await shown()).querySelector("form")).not.toBeNull();
  });

  it("asks for a unit and a time only where the kind has one", async () => {
    server(Response.json({}), [[]]);
    may("rasters.manage");
    const panel = await shown();
    expect(await choose(panel, "grid")).toEqual(["unit", "taken_at"]);
    expect(await choose(panel, "population")).toEqual(["unit", "period"]);
    expect(await choose(panel, "dem")).toEqual([]);
    expect(await choose(panel, "imagery")).toEqual(["taken_at"]);
  });

  it("shows why a file was not taken", async () => {
    const error = { code: "raster_no_crs", text: "it has no coordinate system", params: {} };
    server(Response.json({}), [[upload("failed", { error })]]);
    may("rasters.manage");
    const panel = await shown();
    await vi.advanceTimersByTimeAsync(0);
    expect(panel.querySelector("[role=alert]")?.textContent).toBe(error.text);
  });
});
