/** The page's own files on this device: kept for when there is no server, renewed when asked. */
import { setField } from "../store/field";

const WORKER = "/sw.js";
let renewing = false;

/** Have the browser keep this page; a plain-HTTP page of another machine cannot be kept. */
export async function keepPage(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (renewing) location.reload();
  });
  const options = { scope: "/field", updateViaCache: "none" } as const;
  try {
    follow(await navigator.serviceWorker.register(WORKER, options));
  } catch (cause) {
    // Without the server there is no newer worker to be had; the one that is kept goes on.
    if (!(cause instanceof TypeError) && !(cause instanceof DOMException)) throw cause;
    const held = await navigator.serviceWorker.getRegistration("/field");
    if (held) follow(held);
  }
}

function follow(registration: ServiceWorkerRegistration): void {
  const tell = (): void => {
    const { active, waiting, installing } = registration;
    if (waiting && active) setField({ build: "newer" });
    else if (active) setField({ build: "kept" });
    else if (installing || waiting) setField({ build: "keeping" });
    else setField({ build: "none" });
  };
  const watch = (): void => {
    registration.installing?.addEventListener("statechange", tell);
    tell();
  };
  registration.addEventListener("updatefound", watch);
  watch();
}

/** Have the newer build take over, and begin again with it. */
export async function renewPage(): Promise<void> {
  renewing = true;
  const registration = await navigator.serviceWorker.getRegistration("/field");
  registration?.waiting?.postMessage("take over");
}
