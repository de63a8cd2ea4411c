/** Parts of the program that are fetched when they are wanted. */
import { ApiError } from "./client";

/** What Chromium, Firefox, Safari and the bundler's own loader say of a file that did not come. */
const UNREACHED =
  /dynamically imported module|importing a module script failed|unable to preload css/i;

/** Style sheets that did not come: the bundler's loader asks for each only once. */
const lost = new Set<HTMLLinkElement>();
addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === "stylesheet") lost.add(target);
  },
  true,
);

/** Fetch a part with its styles; an `ApiError` "unreachable" where the server gave none. */
export async function fetchCode<T>(load: () => Promise<T>): Promise<T> {
  await Promise.all([...lost].map(fetchStyles));
  try {
    return await load();
  } catch (cause) {
    if (cause instanceof Error && UNREACHED.test(cause.message))
      throw new ApiError(0, "unreachable", cause.message);
    throw cause;
  }
}

function fetchStyles(link: HTMLLinkElement): Promise<void> {
  lost.delete(link);
  const again = link.cloneNode() as HTMLLinkElement;
  return new Promise((done, fail) => {
    again.addEventListener("load", () => done());
    again.addEventListener("error", () => fail(new ApiError(0, "unreachable", again.href)));
    link.replaceWith(again);
  });
}
