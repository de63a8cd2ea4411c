/** How this site writes the codes of signs, where it has a table of its own. */
import { ApiError } from "../api/client";
import { getSignCodes } from "../api/plots";
import { WireError } from "../api/read";
import { plotStore } from "./plot_state";

let asked = false;

/** Read the table once; a site without one writes our codes. */
export async function readSignCodes(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    plotStore.set({ codes: (await getSignCodes()).symbols });
  } catch (cause) {
    if (!(cause instanceof ApiError || cause instanceof WireError)) throw cause;
    // 404 says that there is none; anything else is asked again with the next palette.
    asked = cause instanceof ApiError && cause.status === 404;
  }
}

export const signCode = ({ name, code }: { name: string; code: string }): string =>
  plotStore.state.codes[name] ?? code;
