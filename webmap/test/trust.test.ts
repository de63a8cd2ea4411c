import { beforeEach, describe, expect, it } from "vitest";
import { FAULTS, PackError } from "../src/pack/fault";
import { fingerprint, hearKey, isTrusted, signers, trust } from "../src/pack/trust";
import { isMine } from "../src/store/kept_packs";
import { explain } from "../src/store/notices";
import { has, speak } from "../src/text/i18n";

beforeEach(() => localStorage.clear());

describe("whose signatures are believed", () => {
  it("the server's at first contact, and another one later only by a person's yes", () => {
    expect(hearKey("first", "Town hall")).toBe("first");
    expect(hearKey("first", "Town hall")).toBe("same");
    expect(hearKey("second", "Town hall")).toBe("another");
    expect(isTrusted("second")).toBe(false);
    trust("second", "Town hall", "server");
    expect(hearKey("second", "Town hall")).toBe("same");
  });

  it("one that a person believed is not the server's: its first key is still remembered", () => {
    trust("village", null, "person");
    expect(isTrusted("village")).toBe(true);
    expect(hearKey("server", "Town hall")).toBe("first");
    expect(signers().map(({ key, by }) => [key, by])).toEqual([
      ["village", "person"],
      ["server", "server"],
    ]);
  });

  it("nobody's where what is remembered cannot be read", () => {
    localStorage.setItem("onemap.pack.signers", '[{"key": 7}]');
    expect(signers()).toEqual([]);
    localStorage.setItem("onemap.pack.signers", "{");
    expect(isTrusted("anything")).toBe(false);
  });

  // sha256(text of the key), as the server's own `fingerprint` prints it.
  it("are compared by the fingerprint that the server tells", async () => {
    const key = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    expect(await fingerprint(key)).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/);
    expect(await fingerprint(key)).toBe("ff73 a064 7bbc 29aa");
  });
});

describe("whose packs are shown", () => {
  it("one's own and those that came as a file, and nobody else's", () => {
    localStorage.setItem("onemap.field.user", "duty");
    expect(isMine({ owner: "duty" })).toBe(true);
    expect(isMine({ owner: null })).toBe(true);
    expect(isMine({ owner: "commander" })).toBe(false);
    localStorage.removeItem("onemap.field.user");
    expect(isMine({ owner: "duty" })).toBe(false);
  });
});

describe("why a pack is refused", () => {
  it.each(FAULTS)("has words for %s in both languages", (fault) => {
    const params = { name: "x", detail: "x", got: 2, known: 1, count: 3 };
    for (const language of ["zh", "en"] as const) {
      speak(language);
      expect(has(`offline.fault.${fault}`)).toBe(true);
      expect(explain(new PackError(fault, params))).not.toMatch(/[{}]/);
    }
  });
});
