/** The shared worker: it holds the one stream of a browser, and a line to each tab. */
import { type Asked, Relay, type Tab } from "./relay";
import { Stream } from "./stream";

const relay = new Relay((handlers) => new Stream("/api/v1/events", handlers));

addEventListener("connect", (event) => {
  const port = (event as MessageEvent).ports[0];
  if (!port) return;
  const tab: Tab = { post: (said) => port.postMessage(said) };
  port.addEventListener("message", ({ data }: MessageEvent<Asked>) => relay.hear(tab, data));
  port.start();
});
