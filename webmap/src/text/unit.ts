/** Units as people write them; data and code keep theirs in ASCII. */

const WRITTEN: Readonly<Record<string, string>> = {
  "1": "",
  "1/m": "m⁻¹",
  class: "",
  deg: "°",
  degC: "°C",
  "J/(kg K)": "J/(kg·K)",
  "kg/(m2 s)": "kg/(m²·s)",
  "kg/m3": "kg/m³",
  "kJ/m2": "kJ/m²",
  "kW/m2": "kW/m²",
  kind: "",
  "m2/s": "m²/s",
  "m3/m3": "m³/m³",
  "mg/m3": "mg/m³",
  "Pa absolute": "Pa",
  position: "",
  rule: "",
  tenths: "/10",
};

/** Endings of the names of a model's inputs, the longest first. */
const ENDINGS: readonly (readonly [string, string])[] = [
  ["_kg_m2_s", "kg/(m2 s)"],
  ["_k_per_m", "1/m"],
  ["_j_kg_k", "J/(kg K)"],
  ["_kg_mol", "kg/mol"],
  ["_kg_m3", "kg/m3"],
  ["_kj_m2", "kJ/m2"],
  ["_kw_m2", "kW/m2"],
  ["_kpa_ms", "kPa·ms"],
  ["_tenths", "tenths"],
  ["_kg_s", "kg/s"],
  ["_j_kg", "J/kg"],
  ["_m_s", "m/s"],
  ["_kpa", "kPa"],
  ["_deg", "deg"],
  ["_pct", "%"],
  ["_m2", "m²"],
  ["_kg", "kg"],
  ["_kw", "kW"],
  ["_ms", "ms"],
  ["_pa", "Pa"],
  ["_m", "m"],
  ["_s", "s"],
  ["_k", "K"],
  ["_w", "W"],
];

export function written(unit: string): string {
  return WRITTEN[unit] ?? unit;
}

/** The unit that a field's name ends on; empty where it ends on none. */
export function unitOf(field: string): string {
  return ENDINGS.find(([ending]) => field.endsWith(ending))?.[1] ?? "";
}

/** A number and its unit; degrees and shares follow their number without a space. */
export function withUnit(shown: string, unit: string | null | undefined): string {
  const mark = unit ? written(unit) : "";
  if (mark === "") return shown;
  return mark === "°" || mark.startsWith("/") ? `${shown}${mark}` : `${shown} ${mark}`;
}

/** "37.5 kW/m2", a level named by its number, as people write it. */
export function writtenLevel(name: string): string {
  const [number, unit, ...rest] = name.split(" ");
  if (!number || !unit || rest.length > 0 || Number.isNaN(Number(number))) return name;
  return withUnit(number, unit);
}
