import { afterEach, beforeEach, expect, it, vi } from "vitest";
import "../src/panels/drawer";
import "../src/panels/replay";
import { backToNow, openReplay, seek } from "../src/store/replay";
import { initial, store } from "../src/store/state";

const NOW = Date.parse("2026-03-01T10:00:00Z");
const at = (minute: number): number => Date.parse("2026-03-01T09:00:00Z") + minute * 60_000;
const stamp = (minute: number): string => new Date(at(minute)).toISOString();
const incident = { id: "i1", kind: "other", title: "x", lon: 120, lat: 30, occurred_at: stamp(0) };
const MARKS = Array.from({ length: 6 }, (_, n) => ({
  seq: n + 1,
  at: stamp(10 * (n + 1)),
  layer: "incident",
  op: "update",
}));
const BOOKMARK = { id: "b1", title: "<b>worst</b>", seq: 3, at: stamp(30) };
const LISTED = 3;

let deleted: string[] = [];
let cutUntil: string | null = null;

/** The newest marks between two times, as the server lists them. */
function marks(query: URLSearchParams): unknown {
  const [from, to] = [query.get("from") ?? "", query.get("to") ?? "9"];
  const found = MARKS.filter((mark) => mark.at >= from && mark.at <= to);
  return { marks: found.slice(-LISTED), more: found.length > LISTED };
}

function answer(url: string, method = "GET"): unknown {
  const { pathname, searchParams } = new URL(url, "http://x");
  if (pathname === "/api/v1/replay") return marks(searchParams);
  if (method === "DELETE") deleted.push(pathname);
  if (pathname === "/api/v1/bookmarks") return { bookmarks: deleted.length > 0 ? [] : [BOOKMARK] };
  if (pathname === "/api/v1/replay/state")
    return {
      seq: 1,
      now: stamp(7),
      incidents: [incident],
      positions: [],
      closures: [],
      cut_until: cutUntil,
    };
  return { incidents: [incident], layers: [], attribution: [], features: [] };
}

const bar = (): HTMLElement => document.querySelector("om-replay") as HTMLElement;
const find = (selector: string): HTMLElement => bar().querySelector(selector) as HTMLElement;
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1_000);

beforeEach(async () => {
  vi.useFakeTimers({ now: NOW });
  deleted = [];
  cutUntil = null;
  vi.stubGlobal("fetch", (url: string, { method }: RequestInit) =>
    Promise.resolve(new Response(JSON.stringify(answer(url, method)), { status: 200 })),
  );
  const session = { permissions: ["incidents.write"], site: { attribution: [] } } as never;
  store.lay(null);
  store.set({ ...initial, session, incident: "i1", incidents: [incident as never] });
  await openReplay();
  document.body.innerHTML = "<om-replay></om-replay>";
  await settle();
});
afterEach(() => {
  backToNow();
  document.body.innerHTML = "";
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("where entries are left out the line says from when on it lists them", async () => {
  expect(find('[name="span"]').className).toContain("cut");
  find('[name="span"]').click();
  await settle();
  expect(find("form.span").textContent).toContain("40");
  expect(store.state.replay?.marks.map((mark) => mark.at)).toEqual([at(40), at(50), at(60)]);
});

it("the earlier ones are a press away, and so is the whole line again", async () => {
  const { from } = store.state.replay ?? {};
  find('[name="span"]').click();
  await settle();
  find('[name="earlier"]').click();
  await settle();
  expect(store.state.replay).toMatchObject({ from, to: at(40), more: true });
  find('[name="earlier"]').click();
  await settle();
  expect(store.state.replay).toMatchObject({ from, to: at(20), more: false });
  expect(store.state.replay?.marks.map((mark) => mark.at)).toEqual([at(10), at(20)]);
  expect(find('[name="span"]').className).not.toContain("cut");
  find('[name="whole"]').click();
  await settle();
  expect(store.state.replay).toMatchObject({ from, span: null, more: true });
});

it("a typed span is looked at; one that ends before it begins is not", async () => {
  find('[name="span"]').click();
  await settle();
  const [from, to] = ["from", "to"].map((name) => find(`[name="${name}"]`) as HTMLInputElement);
  const local = (minute: number): string => {
    const time = new Date(at(minute) - new Date(at(minute)).getTimezoneOffset() * 60_000);
    return time.toISOString().slice(0, 19);
  };
  if (!from || !to) throw new Error("no fields");
  [from.value, to.value] = [local(30), local(15)];
  find('[name="narrow"]').click();
  await settle();
  expect(store.state.replay?.span).toBeNull();
  [from.value, to.value] = [local(15), local(35)];
  find('[name="narrow"]').click();
  await settle();
  expect(store.state.replay).toMatchObject({ from: at(15), to: at(35) });
});

it("what is missing of a moment is said where it is looked at", async () => {
  cutUntil = stamp(7);
  seek(at(45));
  await settle();
  expect(find(".looking").textContent).toContain(":07");
  backToNow();
  await settle();
  expect(store.state.replay?.cutUntil).toBeNull();
});

it("the mark that is looked at can be taken away by who may make one", async () => {
  expect(bar().querySelector('[name="unmark"]')).toBeNull();
  find(".bookmark").click();
  await settle();
  const button = find('[name="unmark"]');
  expect(button.textContent).toContain("<b>worst</b>");
  expect(button.querySelector("b")).toBeNull();
  button.click();
  await settle();
  expect(deleted).toEqual(["/api/v1/bookmarks/b1"]);
  expect(bar().querySelector(".bookmark")).toBeNull();
});

it("what would be written now is not at hand while the past is shown", async () => {
  const session = { permissions: ["incidents.write", "plots.write"], site: { attribution: [] } };
  store.set({ session: session as never });
  document.body.append(document.createElement("om-drawer"));
  await settle();
  const tools = (): number => document.querySelectorAll('[data-tool="plot"]').length;
  expect(tools()).toBe(1);
  seek(at(15));
  await settle();
  expect(tools()).toBe(0);
  backToNow();
  await settle();
  expect(tools()).toBe(1);
});

it("who may not make a mark may take none away", async () => {
  store.set({ session: { permissions: [], site: { attribution: [] } } as never });
  find(".bookmark").click();
  await settle();
  expect(bar().querySelector('[name="unmark"]')).toBeNull();
});
