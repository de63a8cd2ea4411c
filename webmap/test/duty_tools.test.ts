import type { TemplateResult } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { corrections, incidentFile } from "../src/api/incident_file";
import { task } from "../src/api/tasks";
import { incident } from "../src/api/wire";
import { DESK_KEYS, DRAWING_KEYS } from "../src/panels/desk_keys";
import "../src/panels/keys_help";
import "../src/panels/plan_calls";
import "../src/panels/proposals";
import { openKeys } from "../src/panels/keys_help";
import { tasks } from "../src/panels/plan_tasks";
import { correctionBody, opened, rebased } from "../src/store/correcting";
import { nothingTold } from "../src/store/draft";
import { draw, enterShape, pressMiddle } from "../src/store/drawing";
import { setDuty } from "../src/store/duty";
import { intakeBody } from "../src/store/intake";
import { outline } from "../src/store/outline";
import { addMeasure, beginMeasure, measureCursor } from "../src/store/plot_measure";
import { plotStore } from "../src/store/plot_state";
import { baseOf, noInputs, runBody } from "../src/store/run_inputs";
import { saveFile } from "../src/store/saving";
import { initial, store } from "../src/store/state";
import { has, loadMoreWords, speak, t } from "../src/text/i18n";

const AT = "2026-11-22T12:00:00Z";
const record = (more: Record<string, unknown> = {}) =>
  incidentFile(
    { id: "i", kind: "toxic_release", lon: 120, lat: 30, occurred_at: AT, title: "Leak", ...more },
    "file",
  );

beforeEach(async () => {
  await loadMoreWords("desk");
  await loadMoreWords("plot");
  speak("en");
  store.set({ ...initial });
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

describe("a correction", () => {
  const file = record({
    caller: { name: "Zhang", phone: "1", unit: null },
    release: { leak: "small", mass_kg: 40 },
    weather: { wind_speed_m_s: 3, wind_from_deg: 90, stability: "D" },
    casualties: [{ at: AT, dead: 1, evacuated: 30 }],
  });
  const was = opened(file);

  it("that changes nothing is empty", () => {
    expect(correctionBody(was, was, file)).toEqual({});
  });

  it("leaves the moment of a new count to the server, and keeps what nobody counted anew", () => {
    const body = correctionBody(was, { ...was, harmed: { dead: 2 } }, file);
    const [before, count] = body.casualties as Record<string, unknown>[];
    expect(before?.at).toBe(AT);
    expect(count).toEqual({ dead: 2, evacuated: 30 });
  });

  it("names only what differs, whole where the server takes it whole", () => {
    const now = { ...was, from: 180, title: " Fire ", phone: "2", serious_pollution: "no" };
    expect(correctionBody(was, now, file)).toEqual({
      title: "Fire",
      weather: { wind_speed_m_s: 3, wind_from_deg: 180, stability: "D" },
      caller: { name: "Zhang", phone: "2", unit: null },
      serious_pollution: false,
    });
    const unjudged = { ...was, important_place: "yes" };
    expect(correctionBody(unjudged, was, file)).toEqual({ important_place: null });
  });

  it("keeps what was typed while somebody else corrects another field", () => {
    const typed = { ...was, address: "Gate 3" };
    const theirs = record({ substance: "ammonia", version: 2 });
    const now = rebased(was, typed, theirs);
    expect([now.address, now.substance]).toEqual(["Gate 3", "ammonia"]);
    expect(correctionBody(opened(theirs), now, theirs)).toEqual({ address: "Gate 3" });
  });

  it("does not touch weather that is a series", () => {
    const hourly = record({ weather: [{ wind_speed_m_s: 1 }] });
    expect(opened(hourly).speed).toBeNull();
  });
});

describe("a report", () => {
  it("says what was judged of risks, and nothing where nobody has looked", () => {
    const told = { ...nothingTold, important_place: "no", leaders: " Li " };
    const body = intakeBody({ told } as Parameters<typeof intakeBody>[0]);
    expect(body).toMatchObject({ important_place: false, leaders: "Li" });
    expect(Object.keys(body)).not.toContain("serious_pollution");
  });
});

describe("another run", () => {
  it("starts from the plan and names only what is otherwise", () => {
    expect(runBody({ ...noInputs, base: "p", from: 90, release: { mass_kg: 10 } })).toEqual({
      based_on: "p",
      weather: { wind_from_deg: 90 },
      release: { mass_kg: 10 },
    });
    expect(runBody(noInputs)).toEqual({});
  });

  it("starts from the report once its wind or release was corrected after the plan", () => {
    const held = (field: string) =>
      corrections(
        {
          corrections: [{ at: AT, changes: [{ field }], affected: { assessments: [{ id: "p" }] } }],
        },
        "c",
      );
    expect(baseOf("p", held("substance"))).toBe("p");
    expect(baseOf("p", held("release"))).toBe("");
    expect(baseOf("other", held("weather"))).toBe("other");
    expect(baseOf(null, undefined)).toBe("");
  });
});

describe("drawing without a pointer", () => {
  const view = { lon: 120, lat: 30, zoom: 12 } as NonNullable<typeof store.state.view>;

  it("Space and Enter set a point in the middle of the map", () => {
    store.set({ view });
    for (const press of [pressMiddle, enterShape]) {
      const done = vi.fn();
      draw("point", done);
      press();
      expect(done).toHaveBeenCalledWith({ type: "Point", coordinates: [120, 30] });
    }
  });

  it("Enter adds corners until a line can be closed, then closes it", () => {
    store.set({ view });
    const done = vi.fn();
    draw("line", done);
    pressMiddle();
    store.set({ view: { ...view, lon: 121 } });
    enterShape();
    enterShape();
    expect(done.mock.calls[0]?.[0].coordinates).toEqual([
      [120, 30],
      [121, 30],
    ]);
  });

  it("measures from the crosshair, which begins in the middle", () => {
    store.set({ view });
    beginMeasure("distance");
    measureCursor();
    addMeasure([121, 30]);
    expect(plotStore.state.measuring?.points).toEqual([
      [120, 30],
      [121, 30],
    ]);
  });
});

describe("keys of the desk", () => {
  it("no two do different things, and each has its word in both languages", async () => {
    for (const keys of [DESK_KEYS, DRAWING_KEYS])
      expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
    for (const language of ["zh", "en"] as const) {
      speak(language);
      for (const { name } of DESK_KEYS) expect(has(`key.${name}`), name).toBe(true);
      for (const { name } of DRAWING_KEYS) expect(has(`key.drawing.${name}`), name).toBe(true);
    }
  });

  it("are listed in a dialog that Esc closes and gives the focus back", async () => {
    const button = document.createElement("button");
    document.body.append(button);
    button.focus();
    await openKeys();
    await new Promise((done) => setTimeout(done));
    const dialog = document.querySelector(".keys-help");
    expect(dialog?.querySelectorAll("kbd").length).toBe(DESK_KEYS.length + DRAWING_KEYS.length);
    expect((document.activeElement as HTMLElement).getAttribute("name")).toBe("keys-close");
    dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(document.querySelector("om-keys-help")).toBeNull();
    expect(document.activeElement).toBe(button);
  });
});

describe("what rests on words that were corrected", () => {
  const open = incident(
    { id: "i", kind: "other", lon: 1, lat: 2, occurred_at: AT, status: "open" },
    "incident",
  );
  const stale = (more: Record<string, unknown>) =>
    corrections({ corrections: [], stale: more }, "corrections");

  it("a task of before is marked in its row", () => {
    const ordered = task({ id: "t1", incident_id: "i", state: "ordered" }, "task");
    const state = {
      ...initial,
      tasks: { i: [ordered] },
      duty: { ...initial.duty, corrections: { i: stale({ tasks: ["t1"] }) } },
    };
    const said = (template: TemplateResult): string => JSON.stringify(template.values);
    expect(said(tasks(open, state))).toContain(t("task.stale"));
    expect(said(tasks(open, { ...state, duty: initial.duty }))).not.toContain(t("task.stale"));
  });

  it("a plan of before says so and offers to be computed again", async () => {
    store.set({
      incident: "i",
      incidents: [open],
      session: { permissions: ["incidents.write"] } as never,
      assessments: { i: { id: "p", zones: { features: [] } } as never },
    });
    setDuty({ proposals: { i: [] }, corrections: { i: stale({ plan: true }) } });
    const panel = document.createElement("om-proposals");
    document.body.append(panel);
    await new Promise((done) => setTimeout(done));
    expect(panel.textContent).toContain(t("stale.plan"));
    const asked = vi.fn(async () => new Response("{}", { status: 500 }));
    vi.stubGlobal("fetch", asked);
    panel.querySelector<HTMLButtonElement>("[name=compute-again]")?.click();
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    const [path, init] = asked.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe("/api/v1/incidents/i/assessments");
    expect(JSON.parse(String(init.body))).toEqual({ based_on: "p" });
  });
});

describe("small things of the desk", () => {
  it("a file that the server cannot make is told in its words, and nothing is saved", async () => {
    const error = { code: "no_printer", message: "x", text: "No printer" };
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ error }), { status: 503 }));
    expect(await saveFile("/api/v1/x.pdf", "x.pdf")).toBe(false);
    expect(store.state.notices.some(({ text }) => text.includes("No printer"))).toBe(true);
  });

  it("an outline comes and goes and leaves what else lies over the map", () => {
    const area = { type: "Point" as const, coordinates: [1, 2] };
    store.set({ overlay: { ...store.state.overlay, area } });
    outline({ type: "Point", coordinates: [3, 4] });
    expect(store.state.overlay.outline).toEqual({ type: "Point", coordinates: [3, 4] });
    outline(null);
    expect(store.state.overlay).toMatchObject({ area, outline: null });
  });
});
