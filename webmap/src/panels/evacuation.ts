/** The evacuation of an incident. */
import { nothing } from "lit";
import { define, Panel } from "./panel";

class Evacuation extends Panel {
  protected override render(): typeof nothing {
    return nothing;
  }
}

define("om-evacuation", Evacuation);
