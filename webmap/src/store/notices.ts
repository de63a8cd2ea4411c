/** What a person must be told; an error stays until it is dismissed, the rest for six seconds. */
import { ApiError } from "../api/client";
import { WireError } from "../api/read";
import { PackError } from "../pack/fault";
import { type Key, phrase, t } from "../text/i18n";
import { type Notice, store } from "./state";

let next = 1;

export function tell(text: string, tone: Notice["tone"] = "info"): void {
  const notice: Notice = { id: next++, tone, text };
  const same = store.state.notices.filter((other) => other.text !== text);
  store.set({ notices: [...same, notice].slice(-4) });
  if (tone !== "error") setTimeout(() => dismiss(notice.id), 6000);
}

/** What was said of a server that could not be reached is no longer so. */
export function reached(): void {
  const said = t("error.unreachable");
  for (const { id, text } of store.state.notices) if (text === said) dismiss(id);
}

export function dismiss(id: number): void {
  store.set({ notices: store.state.notices.filter((notice) => notice.id !== id) });
}

/** The sentence for an error, in the reader's language. */
export function explain(cause: unknown): string {
  if (cause instanceof WireError) return t("error.wire", { detail: cause.message });
  if (cause instanceof PackError)
    return phrase(`offline.fault.${cause.fault}`, { ...cause.params });
  if (!(cause instanceof ApiError)) throw cause;
  const own: Record<string, Key> = {
    unreachable: "error.unreachable",
    not_json: "error.not_json",
    unknown: "error.unknown",
    looking_back: "error.looking_back",
  };
  const key = own[cause.code];
  if (key) return t(key, { status: cause.status });
  return cause.message;
}

/** Run an action; whatever goes wrong reaches the person, and the caller learns that it did. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") return null;
    tell(explain(cause), "error");
    return null;
  }
}
