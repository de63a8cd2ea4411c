/** Looking back: what is drawn then would be drawn now. */
import { t } from "../text/i18n";
import { tell } from "./notices";
import { isPast, store } from "./state";

/** Tell whoever would act while the page shows the past that this is done now; say whether it does. */
export function looksBack(): boolean {
  const past = isPast(store.state);
  if (past) tell(t("error.looking_back"), "error");
  return past;
}
