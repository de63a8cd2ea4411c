/** How a screen that nobody sits at comes in, and what it says before it is put out. */
import { ApiError } from "../api/client";
import { enterWall, getSignedIn } from "../api/walls";
import { explain, tell } from "./notices";
import { wallStore } from "./wall_state";

const LOOK_MS = 60_000;
const SOON_S = 3600;
const RETRY_MS = 5000;
const KEY = /^#key=([\w-]{20,200})$/;

/**
 * Sign in with the key that the address holds after its `#`, which no server is told.
 *
 * A server that is away is asked until it answers. The key stays in the address: whatever starts the
 * browser again after a power cut opens the same one.
 */
export async function enter(hash: string): Promise<void> {
  const key = KEY.exec(hash)?.[1];
  while (key !== undefined) {
    try {
      await enterWall(key);
      return;
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      if (cause.status === 401) return tell(explain(cause), "error");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** A person's session ends after some hours: an hour before, the wall says so. */
export function watchDoor(): void {
  setInterval(() => void look(), LOOK_MS);
  void look();
}

async function look(): Promise<void> {
  try {
    const { ends_in_s: left, permissions } = await getSignedIn();
    wallStore.set({
      shut: permissions.length === 0,
      endsAt: left !== null && left < SOON_S ? Date.now() + left * 1000 : null,
    });
  } catch (cause) {
    // The stream's own badge tells of a server that is away.
    if (!(cause instanceof ApiError)) throw cause;
  }
}
