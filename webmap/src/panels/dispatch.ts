/** The dialog of a dispatch. */
import { nothing } from "lit";
import { define, Panel } from "./panel";

class Dispatch extends Panel {
  protected override render(): typeof nothing {
    return nothing;
  }
}

define("om-dispatch", Dispatch);
