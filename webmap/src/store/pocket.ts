/** Packs on to this device and off it again. */
import { fetchPackFile } from "../api/packs";
import { withDigests } from "../pack/digesting";
import { download, type Wanted } from "../pack/download";
import { PackError } from "../pack/fault";
import { store as copy, forget, keep, listKept, noteOf } from "../pack/kept";
import { checkParts, needsSecurity, type Pack, readPack } from "../pack/reader";
import { askToPersist } from "../pack/shelf";
import { fingerprint, isTrusted, trust } from "../pack/trust";
import { t } from "../text/i18n";
import { lastUser, met } from "./field";
import type { Pocket, Work } from "./field_state";
import { isMine, readKept } from "./kept_packs";
import { attempt, tell } from "./notices";
import { openKept } from "./open_pack";
import { store } from "./state";

function patch(change: Partial<Pocket>): void {
  store.set({ pocket: { ...store.state.pocket, ...change } });
}

/** Take in a pack that came as a file. */
export async function takeFile(file: File): Promise<void> {
  await attempt(async () => {
    const pack = await readPack(file);
    await met();
    if (isTrusted(pack.manifest.signer.key)) await takeIn(pack, file);
    else await ask(pack, file);
  });
  patch({ work: null });
}

async function ask(pack: Pack, file: Blob): Promise<void> {
  patch({ stranger: { pack, file, fingerprint: await fingerprint(pack.manifest.signer.key) } });
}

/** A person has looked at who signed: from now on this signer is known, or the pack is put away. */
export async function decide(known: boolean): Promise<void> {
  const { stranger } = store.state.pocket;
  patch({ stranger: null });
  if (!stranger || !known) return;
  const { pack, file } = stranger;
  trust(pack.manifest.signer.key, pack.manifest.signer.site, "person");
  await attempt(() => takeIn(pack, file));
  patch({ work: null });
}

/** The server's own new key, once a person has said that it is right. */
export function decideKey(known: boolean): void {
  const { newKey } = store.state.pocket;
  if (newKey && known) trust(newKey.key, newKey.site, "server");
  patch({ newKey: null });
}

async function takeIn(pack: Pack, file: Blob): Promise<void> {
  const { id, name } = pack.manifest;
  const tell_ = (what: Work["what"]) => (share: number) =>
    patch({ work: { what, id, name, share, waiting: false } });
  await withDigests((digest) => checkParts(pack, digest, tell_("check")));
  await copy(id, file, tell_("copy"));
  await keep(noteOf(pack, null));
  await arrived(name);
}

async function arrived(name: string): Promise<void> {
  await askToPersist();
  tell(t("offline.kept", { name }), "good");
  await readKept();
}

let stop: AbortController | null = null;

/** Download a pack from the server, or go on with one that was cut. */
export async function fetchPack(id: string, name: string): Promise<void> {
  stop?.abort();
  const control = new AbortController();
  stop = control;
  const wanted: Wanted = { id, name, owner: lastUser() };
  const show = (work: Omit<Work, "id" | "name">): void => patch({ work: { ...work, id, name } });
  await attempt(async () => {
    needsSecurity();
    const file = await download(wanted, {
      get: fetchPackFile,
      signal: control.signal,
      tell: ({ got, total, waiting }) =>
        show({ what: "download", share: total === 0 ? 0 : got / total, waiting }),
    });
    await checkDownload(file, wanted, show);
  });
  if (stop !== control) return;
  stop = null;
  patch({ work: null });
  await readKept();
}

/** What the server sent must be what it signed; else nothing of it stays. */
async function checkDownload(
  file: Blob,
  { id, name, owner }: Wanted,
  show: (work: Omit<Work, "id" | "name">) => void,
): Promise<void> {
  try {
    const pack = await readPack(file);
    await met();
    if (!isTrusted(pack.manifest.signer.key)) throw new PackError("signer");
    await withDigests((digest) =>
      checkParts(pack, digest, (share) => show({ what: "check", share, waiting: false })),
    );
    await keep({ ...noteOf(pack, owner), id });
  } catch (cause) {
    await forget(id);
    throw cause;
  }
  await arrived(name);
}

export function stopFetching(): void {
  stop?.abort();
  stop = null;
  patch({ work: null });
}

/** Go on with what was cut when the page was left. */
export function resume(): void {
  const cut = store.state.pocket.kept?.find(({ state }) => state === "part");
  if (cut && !store.state.pocket.work) void fetchPack(cut.id, cut.name);
}

export async function forgetPack(id: string): Promise<void> {
  if (stop && store.state.pocket.work?.id === id) stopFetching();
  await attempt(() => forget(id));
  await readKept();
}

/** Another person's packs, which this one cannot open, give their room back. */
export async function forgetOthers(): Promise<void> {
  const all = await attempt(listKept);
  for (const one of all ?? []) if (!isMine(one)) await attempt(() => forget(one.id));
  await readKept();
}

/** Show a pack: on a page of its own, so that the live data and a pack's never mix. */
export async function usePack(id: string): Promise<void> {
  const { mode } = store.state.field;
  const query = new URLSearchParams({ pack: id });
  if (location.pathname !== "/field" || mode === "live") location.assign(`/field?${query}`);
  else if (await openKept(id)) history.replaceState(null, "", `/field?${query}`);
}
