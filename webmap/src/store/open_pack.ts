/** A pack on the screen: its layers, incidents and plans stand where the server's would. */
import type { Session } from "../api/wire";
import { ARCHIVES, tileAddress } from "../pack/address";
import { clockIsBehind } from "../pack/age";
import { openArchive } from "../pack/archive";
import { layersOf, readForms, readPlans } from "../pack/contents";
import { withDigests } from "../pack/digesting";
import { PackError } from "../pack/fault";
import { findKept, keptFile } from "../pack/kept";
import type { Manifest } from "../pack/manifest";
import { checkParts, type Pack, readPack } from "../pack/reader";
import { isTrusted, signers } from "../pack/trust";
import { loadModelWords, t } from "../text/i18n";
import { lastEpoch } from "./field";
import type { OpenPack } from "./field_state";
import { isMine, noteOpened } from "./kept_packs";
import { attempt, tell } from "./notices";
import { store } from "./state";

/** Open a kept pack and show it; false where that cannot be, which the person has been told. */
export async function openKept(id: string): Promise<boolean> {
  return (await attempt(() => open(id))) !== null;
}

async function open(id: string): Promise<OpenPack> {
  const note = await findKept(id);
  const file = await keptFile(id);
  if (!note || !file || note.state !== "whole" || !isMine(note)) throw new PackError("gone");
  const pack = await readPack(file);
  if (pack.manifest.id !== id) throw new PackError("damaged");
  if (!isTrusted(pack.manifest.signer.key)) throw new PackError("signer");
  const opened = await unfold(pack);
  noteOpened(id);
  showPack(opened);
  void checkShown(opened);
  return opened;
}

async function unfold(pack: Pack): Promise<OpenPack> {
  const [forms, plans, , ...found] = await Promise.all([
    readForms(pack),
    readPlans(pack),
    loadModelWords(),
    ...ARCHIVES.map((name) => openArchive(pack, name)),
  ]);
  return { pack, forms, plans, archives: found.filter((one) => one !== null) };
}

/** What was whole when it came may have been damaged since: it is looked at while it is shown. */
async function checkShown({ pack }: OpenPack): Promise<void> {
  const whole = await attempt(async () => {
    await withDigests((digest) => checkParts(pack, digest));
    return true;
  });
  if (whole === null && store.state.pack?.pack === pack) closePack();
}

function showPack(opened: OpenPack): void {
  const { manifest } = opened.pack;
  const { language, ground } = store.state;
  const basemap = opened.archives.find(({ name }) => name === "basemap");
  const { incidents } = opened.plans;
  store.set({
    pack: opened,
    session: sessionOf(manifest),
    layers: layersOf(opened.pack, opened.forms, language),
    epoch: manifest.epoch,
    attribution: manifest.attribution,
    incidents: incidents.map(({ incident }) => incident),
    incident: null,
    assessments: Object.fromEntries(
      incidents.flatMap(({ incident, plan }) => (plan ? [[incident.id, plan]] : [])),
    ),
    ground: {
      ...ground,
      basemap: {
        tiles: tileAddress(manifest.id, "basemap"),
        maxzoom: basemap?.maxzoom ?? 0,
        live: false,
      },
    },
  });
  warn(manifest);
}

/** Nobody of a pack may do anything on a server: it has no permissions. */
function sessionOf({ signer, name, fictional, bounds, epoch }: Manifest): Session {
  const site = { name: signer.site ?? name, name_en: null, fictional, bbox: bounds };
  return {
    user: null,
    roles: [],
    permissions: [],
    demo: false,
    epoch,
    seq: null,
    site: { ...site, timezone: null, center: null, zoom: null, attribution: [] },
  };
}

function warn(manifest: Manifest): void {
  if (clockIsBehind(manifest, Date.now())) tell(t("offline.clock"), "error");
  const ours = signers().some(({ key, by }) => by === "server" && key === manifest.signer.key);
  const epoch = lastEpoch();
  if (ours && epoch !== null && manifest.epoch !== null && manifest.epoch !== epoch)
    tell(t("offline.epoch"), "error");
}

/** Take a pack that cannot be believed off the screen. */
export function closePack(): void {
  store.set({
    pack: null,
    layers: [],
    incidents: [],
    assessments: {},
    incident: null,
    card: null,
    results: null,
  });
}

/** Titles in the language of the page: a pack has them in both. */
export function renamePack(): void {
  const { pack, language } = store.state;
  if (pack) store.set({ layers: layersOf(pack.pack, pack.forms, language) });
}
