/** Coverage, cuts and cordons: asked, drawn, and told in figures. */
import type { Position } from "geojson";
import * as api from "../api/resilience";
import type { WireCollection, WireFeature } from "../api/wire";
import { count, minutes, people } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import type { Told, ToldRow } from "./command";
import { boxOf } from "./geodesy";

const CUTS = 20;

export interface Answered {
  drawn: WireCollection;
  told: Told;
}

export type Question = Omit<api.ServedQuestion, "layer" | "kinds"> & { serving: string };

/** Stations of a kind of team, or hospitals: "team:fire", "resource:hospital". */
export async function coverage(asked: Question): Promise<Answered> {
  const [layer, kind] = asked.serving.split(":");
  const found = await api.getCoverage({
    ...asked,
    layer: layer === "resource" ? "resource" : "team",
    kinds: kind ? [kind] : null,
  });
  const bands = found.bands.features;
  return {
    drawn: collect(bands.map((band, at) => bandFeature(band, at, bands.length))),
    told: {
      title: t("coverage.title"),
      rows: [...bands.map((band, at) => bandRow(band, at)), ...withoutAccess(found)],
    },
  };
}

/** The band after the last is what nobody reaches in time. */
const until = ({ properties }: WireFeature): number | null =>
  typeof properties.until_min === "number" ? properties.until_min : null;

function bandFeature(band: WireCollection["features"][number], at: number, all: number) {
  const limit = until(band);
  const beyond = limit === null || at === all;
  return {
    ...band,
    properties: beyond
      ? { role: "beyond" }
      : { role: "reach", band: at, label: minutes(limit * 60) },
  };
}

function bandRow(band: WireFeature, at: number): ToldRow {
  const held = api.held(band.properties, "band");
  const limit = until(band);
  const after = Number(band.properties.after_min ?? 0);
  return {
    name:
      limit === null
        ? t("coverage.beyond", { minutes: after })
        : t("coverage.within", { minutes: limit }),
    note: t("coverage.held", { places: count(held.places), people: people(held.people_day) }),
    value: held.residents === null ? people(held.people_day) : people(held.residents),
    at: null,
    ...(limit === null ? {} : { band: at }),
  };
}

function withoutAccess({ without_access: left }: api.Coverage): ToldRow[] {
  return left.targets.map((one) => ({
    name: nameOf(one) ?? one.id,
    note: t("coverage.target"),
    value: one.travel_time_s === null ? t("coverage.noway") : minutes(one.travel_time_s),
    at: one.lon === null || one.lat === null ? null : [one.lon, one.lat],
  }));
}

/** Roads and junctions whose loss cuts people off, the worst first. */
export async function cuts(
  asked: Pick<Question, "at" | "vehicle" | "incident">,
): Promise<Answered> {
  const found = await api.getResilience(asked, CUTS);
  const all = [...found.roads.features, ...found.junctions.features];
  const ranked = all
    .map((one) => ({ one, cut: api.cutOf(one.properties, "cut") }))
    .filter(({ cut }) => lost(cut) > 0)
    .sort((a, b) => lost(b.cut) - lost(a.cut));
  return {
    drawn: collect(
      ranked.map(({ one, cut }, at) => ({
        ...one,
        properties: {
          role: "cut",
          label: `${at + 1} · ${people(lost(cut))}`,
          ...(one.geometry.type === "Point" ? { icon: "cut" } : {}),
        },
      })),
    ),
    told: {
      title: t("cuts.title", { bridges: count(found.counts.bridges) }),
      rows: ranked.map(({ one, cut }, at) => cutRow(one, cut, at + 1)),
    },
  };
}

/** Those counted at places and those by the population raster are never added: the more counts. */
function lost({ people_day, people_night, residents }: api.Cut): number {
  return Math.max(people_day, people_night, residents ?? 0);
}

function cutRow(one: WireFeature, cut: api.Cut, rank: number): ToldRow {
  const place = cut.isolated[0];
  const name = cut.road ?? (cut.class ? word("road.class", cut.class) : t("cuts.junction"));
  return {
    name: `${rank} · ${name}`,
    note: [
      cut.only_now ? t("cuts.now") : "",
      place ? (nameOf(place) ?? "") : "",
      t("cuts.places", { count: count(cut.places) }),
    ]
      .filter(Boolean)
      .join(" · "),
    value: t("people.count", { count: people(lost(cut)) }),
    at: one.geometry ? middle(boxOf(one.geometry)) : null,
  };
}

/** Where to stand so that nothing comes in: the posts of each road together. */
export async function cordon(incident: string): Promise<Answered> {
  const found = await api.getCordon(incident);
  const edge = found.cordon
    ? [{ type: "Feature" as const, geometry: found.cordon, properties: { role: "isolated" } }]
    : [];
  return {
    drawn: collect([
      ...edge,
      ...found.points.features.map((one) => ({
        ...one,
        properties: {
          role: "post",
          icon: "role-control",
          label: String(one.properties.group ?? ""),
        },
      })),
    ]),
    told: {
      title: t("cordon.title", { groups: found.groups.length }),
      rows: found.groups.map((one) => ({
        name: `${one.group} · ${one.road ?? word("road.class", one.class ?? "")}`,
        note: [word("road.class", one.class ?? ""), one.shift_clear ? "" : t("cordon.shift")]
          .filter(Boolean)
          .join(" · "),
        value: t("cordon.posts", { count: one.posts }),
        at: [one.lon, one.lat],
      })),
    },
  };
}

function middle(box: ReturnType<typeof boxOf>): Position | null {
  return box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : null;
}

function collect(features: WireCollection["features"]): WireCollection {
  return { type: "FeatureCollection", features };
}
