import { afterEach, expect, it, vi } from "vitest";
import type { Layer } from "../src/api/wire";
import { count, countBy } from "../src/store/counting";
import { initial, store } from "../src/store/state";

afterEach(() => vi.unstubAllGlobals());

it("shows the counts asked for last, whichever answer comes last", async () => {
  const waiting: ((answer: Response) => void)[] = [];
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => waiting.push(resolve)));
  store.set({
    ...initial,
    layers: [{ name: "team", group: "help", count: 3, fields: [] } as unknown as Layer],
  });
  const first = count();
  countBy("district");
  const answer = (by: string): Response =>
    new Response(
      JSON.stringify({ by: [by], count: 3, groups: [], districts: {}, truncated: false }),
    );
  waiting[1]?.(answer("district"));
  await vi.waitFor(() => expect(store.state.counting.answer?.by).toEqual(["district"]));
  waiting[0]?.(answer("layer"));
  await first;
  expect(store.state.counting).toMatchObject({ busy: false, by: "district" });
  expect(store.state.counting.answer?.by).toEqual(["district"]);
});
