/** The service worker of the field's page; built to /sw.js, where its scope may be the page. */
import { type Build, Keeper } from "./keeper";

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetched extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope {
  readonly location: { readonly origin: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", use: (event: Extendable) => void): void;
  addEventListener(type: "fetch", use: (event: Fetched) => void): void;
  addEventListener(type: "message", use: (event: MessageEvent) => void): void;
}

/** Written here by the build, when it knows all its files (offline_files.ts). */
declare const __BUILD__: Build;

const scope = globalThis as unknown as Scope;
const keeper = new Keeper(__BUILD__, caches, (request, init) => fetch(request, init));

scope.addEventListener("install", (event) => event.waitUntil(keeper.install()));
scope.addEventListener("activate", (event) =>
  event.waitUntil(keeper.activate().then(() => scope.clients.claim())),
);
scope.addEventListener("fetch", (event) => {
  if (keeper.takes(event.request, scope.location.origin))
    event.respondWith(keeper.answer(event.request));
});
// A new build waits until a person has it take over: an open page keeps the files it began with.
scope.addEventListener("message", ({ data }) => {
  if (data === "take over") void scope.skipWaiting();
});
