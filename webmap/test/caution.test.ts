/** Warnings as a duty officer reads them: what to mind, then unchecked constants as one line. */
import { render } from "lit";
import { describe, expect, it } from "vitest";
import { caution } from "../src/panels/caution";
import { cited } from "../src/text/citation";
import { speak } from "../src/text/i18n";

const unchecked = (source: string, certainty: string) => ({
  code: "hazard.uncertain_constants",
  text: "",
  params: { source, certainty },
  source: null,
});

describe("warnings", () => {
  it("tell each unchecked constant once, its mark in words, folded away from the rest", () => {
    speak("en");
    const host = document.createElement("div");
    const calm = { code: "calm", text: "Calm air", params: {}, source: null };
    const twice = [
      unchecked("Lees 15.10", "mem 90%"),
      unchecked("Lees 15.10 [mem 90%]", "mem 90%"),
    ];
    render(caution([calm, ...twice]), host);
    expect([...host.querySelectorAll(".warnings li")].map((li) => li.textContent)).toEqual([
      "Calm air",
    ]);
    expect([...host.querySelectorAll("details li")].map((li) => li.textContent)).toEqual([
      "Lees 15.10 (from memory, to be checked, sure to 90 %)",
    ]);
  });

  it("give the moment of a measurement as the reader's clock shows it", () => {
    expect(cited("West station 2026-11-22T05:35:19.659752+00:00")).toMatch(
      /^West station 2026-11-2[123] \d\d:\d\d$/,
    );
  });
});
