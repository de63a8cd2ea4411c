/** A panel of the incident that is open: it reads its parts when an incident is first shown in it. */
import "../style/log.css";
import "../text/desk_words";
import type { Incident } from "../api/wire";
import { type Part, readPart } from "../store/duty";
import { activeIncident, may } from "../store/state";
import { Panel } from "./panel";

export abstract class IncidentPart extends Panel {
  static override reads: (typeof Panel)["reads"] = [
    "duty",
    "incident",
    "incidents",
    "session",
    "assessments",
    "now",
  ];
  /** What of the desk this panel shows. */
  static parts: readonly Part[] = [];
  #read: string | null = null;

  protected get shown(): Incident | null {
    return activeIncident(this.state);
  }

  protected may(permission: string): boolean {
    return may(this.state, permission);
  }

  protected override willUpdate(): void {
    const { incident, duty } = this.state;
    if (incident === null || incident === this.#read) return;
    this.#read = incident;
    this.begin();
    for (const part of (this.constructor as typeof IncidentPart).parts)
      if (duty[part][incident] === undefined) void readPart(part, incident);
  }

  /** Another incident is shown: forget what was typed for the one before. */
  protected begin(): void {}
}
