/** A correction while it is written: the record as fields, and what of them differs at the end. */
import type { IncidentFile } from "../api/incident_file";
import { HARMED, nothingTold, type Told } from "./draft";
import { judged } from "./intake";

export interface Correcting extends Told {
  kind: string;
  title: string;
  substance: string;
  exercise: boolean;
  lon: number;
  lat: number;
  release: Readonly<Record<string, number | string>>;
  speed: number | null;
  from: number | null;
}

const WORDS = ["address", "course", "measures", "requests", "leaders"] as const;
const RISKS = ["important_place", "serious_pollution"] as const;

/** The record as its form shows it; people are counted anew, so no count is filled in. */
export function opened(file: IncidentFile): Correcting {
  const answer = (value: boolean | null): string => (value === null ? "" : value ? "yes" : "no");
  const weather = one(file.weather);
  return {
    ...nothingTold,
    ...Object.fromEntries(WORDS.map((name) => [name, file[name] ?? ""])),
    kind: file.kind,
    title: file.title,
    substance: file.substance ?? "",
    exercise: file.exercise,
    lon: file.lon,
    lat: file.lat,
    release: Object.fromEntries(
      Object.entries(file.release).filter(
        (field): field is [string, number | string] =>
          typeof field[1] === "number" || typeof field[1] === "string",
      ),
    ),
    speed: number(weather?.wind_speed_m_s),
    from: number(weather?.wind_from_deg),
    channel: file.channel ?? "",
    received: file.received_at ?? "",
    occurred: file.occurred_at,
    caller: file.caller?.name ?? "",
    phone: file.caller?.phone ?? "",
    unit: file.caller?.unit ?? "",
    site_name: file.site_contact?.name ?? "",
    site_phone: file.site_contact?.phone ?? "",
    loss_yuan: file.direct_loss_yuan,
    important_place: answer(file.important_place),
    serious_pollution: answer(file.serious_pollution),
  };
}

/** A record of weather hour by hour is not corrected in two fields. */
export function one(weather: IncidentFile["weather"]): Readonly<Record<string, unknown>> | null {
  return Array.isArray(weather) ? null : (weather as Record<string, unknown> | null);
}

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What another has changed meanwhile is taken over, but for the fields that were typed in. */
export function rebased(was: Correcting, now: Correcting, file: IncidentFile): Correcting {
  const typed = Object.entries(now).filter(
    ([name, value]) => !same(value, was[name as keyof Correcting]),
  );
  return { ...opened(file), ...Object.fromEntries(typed) };
}

const said = (text: string): string | null => text.trim() || null;

/** Which fields of the form make which of the wire, and how. */
const MADE: readonly (readonly [
  from: readonly (keyof Correcting)[],
  make: (now: Correcting, file: IncidentFile) => Record<string, unknown>,
])[] = [
  ...WORDS.map((name) => [[name], (now: Correcting) => ({ [name]: said(now[name]) })] as const),
  ...RISKS.map(
    (name) =>
      [[name], (now: Correcting) => ({ [name]: null, ...judged(name, now[name]) })] as const,
  ),
  [["kind"], ({ kind }) => ({ kind })],
  [["title"], ({ title }) => (said(title) ? { title: said(title) } : {})],
  [["substance"], ({ substance }) => ({ substance: said(substance) })],
  [["exercise"], ({ exercise }) => ({ exercise })],
  [["lon", "lat"], ({ lon, lat }) => ({ lon, lat })],
  [["channel"], ({ channel }) => ({ channel: said(channel) })],
  [["received"], ({ received }) => ({ received_at: said(received) })],
  [["occurred"], ({ occurred }) => (occurred ? { occurred_at: occurred } : {})],
  [["loss_yuan"], ({ loss_yuan }) => ({ direct_loss_yuan: loss_yuan })],
  [
    ["caller", "phone", "unit"],
    ({ caller, phone, unit }) => ({
      caller: { name: said(caller), phone: said(phone), unit: said(unit) },
    }),
  ],
  [
    ["site_name", "site_phone"],
    ({ site_name, site_phone }) => ({
      site_contact: { name: said(site_name), phone: said(site_phone) },
    }),
  ],
  [["release"], ({ release }) => ({ release })],
  [
    ["speed", "from"],
    ({ speed, from }, { weather }) => ({
      weather: { ...one(weather), wind_speed_m_s: speed, wind_from_deg: from },
    }),
  ],
  [["harmed"], (now, file) => ({ casualties: [...file.casualties, count(now, file)] })],
];

/** What differs, as the server takes it; empty where nothing does. */
export function correctionBody(
  was: Correcting,
  now: Correcting,
  file: IncidentFile,
): Record<string, unknown> {
  const differing = MADE.filter(([from]) => from.some((name) => !same(was[name], now[name])));
  return Object.assign({}, ...differing.map(([, make]) => make(now, file)));
}

/**
 * A count is a new line of the timeline; what nobody counted anew stays as it was counted last.
 *
 * Its moment is the server's: the clock of this device may be wrong.
 */
function count({ harmed }: Correcting, { casualties }: IncidentFile): Record<string, unknown> {
  const before = casualties.at(-1);
  const kept = HARMED.filter((name) => harmed[name] === undefined && before?.[name] != null);
  return { ...Object.fromEntries(kept.map((name) => [name, before?.[name]])), ...harmed };
}
