import { beforeEach, expect, it, vi } from "vitest";
import "../src/panels/brief";
import "../src/panels/topbar";
import type { PlansOnRecord } from "../src/pack/contents";
import type { OpenPack } from "../src/store/field_state";
import { initial, store } from "../src/store/state";
import { speak } from "../src/text/i18n";
import "./words";

/** A pack of which only what it says of incidents matters. */
const packed = (plans: PlansOnRecord) =>
  ({ plans, pack: { manifest: { made_at: "2026-11-22T04:00:00Z" } } }) as unknown as OpenPack;

async function said(name: string, pack: OpenPack | null): Promise<string> {
  store.set({ ...initial, pack });
  const panel = document.createElement(name);
  document.body.append(panel);
  await vi.waitFor(() => expect(panel.textContent).not.toBe(""));
  const text = panel.textContent ?? "";
  panel.remove();
  return text.replaceAll(/\s+/g, " ");
}

beforeEach(() => speak("en"));

it("a pack without incidents does not say that there are none", async () => {
  const without = packed({ as_of: null, incidents: [] });
  expect(await said("om-brief", without)).toContain("made without incidents");
  expect(await said("om-brief", without)).not.toMatch(/no open incident|as of/i);
  expect(await said("om-topbar", without)).not.toContain("No open incident");
});

it("a pack that has looked for incidents says when there were none", async () => {
  const looked = packed({ as_of: "2026-11-22T04:00:00Z", incidents: [] });
  expect(await said("om-brief", looked)).not.toContain("made without");
  expect(await said("om-brief", looked)).toMatch(/as of/i);
});
