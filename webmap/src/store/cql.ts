/** Conditions chosen in a form, as CQL2 text; what a person typed as CQL2 stays as it is. */

/** One condition on a field: how it compares and with what. */
export interface Condition {
  field: string;
  operator: Operator;
  value: string;
}

export const OPERATORS = [
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "like",
  "in",
  "known",
  "unknown",
] as const;
export type Operator = (typeof OPERATORS)[number];

const SIGNS: Readonly<Partial<Record<Operator, string>>> = {
  eq: "=",
  ne: "<>",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};
const NUMBERS = new Set(["integer", "number"]);
const ORDERED = new Set(["integer", "number", "date", "time"]);

/** The operators that a type of field takes. */
export function operatorsFor(type: string): readonly Operator[] {
  if (ORDERED.has(type)) return ["eq", "ne", "lt", "le", "gt", "ge", "known", "unknown"];
  if (type === "boolean") return ["eq", "known", "unknown"];
  return ["eq", "ne", "like", "in", "known", "unknown"];
}

export function needsValue(operator: Operator): boolean {
  return operator !== "known" && operator !== "unknown";
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name that is no plain word is quoted. */
const named = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

function literal(value: string, type: string): string {
  const text = value.trim();
  if (NUMBERS.has(type) && text !== "" && Number.isFinite(Number(text)))
    return String(Number(text));
  if (type === "boolean") return text === "true" ? "TRUE" : "FALSE";
  if (type === "date" && /^\d{4}-\d\d-\d\d$/.test(text)) return `DATE(${quoted(text)})`;
  if (type === "time") return `TIMESTAMP(${quoted(instant(text))})`;
  return quoted(text);
}

/** A moment with seconds and zone: a time without a zone is taken in the reader's own. */
function instant(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString().replace(/\.\d+/, "");
}

function clause({ field, operator, value }: Condition, type: string): string {
  const name = named(field);
  if (operator === "known") return `${name} IS NOT NULL`;
  if (operator === "unknown") return `${name} IS NULL`;
  if (operator === "like") return `${name} LIKE ${quoted(`%${likeText(value)}%`)}`;
  if (operator === "in")
    return `${name} IN (${value
      .split(/[,\uff0c\u3001]/)
      .map((each) => literal(each, type))
      .join(", ")})`;
  return `${name} ${SIGNS[operator]} ${literal(value, type)}`;
}

/** The signs of LIKE stand for themselves when a person types them. */
const likeText = (text: string): string => text.trim().replaceAll(/[\\%_]/g, "\\$&");

/** Return the conditions as one filter, all of them to hold; null where there are none. */
export function cql(
  conditions: readonly Condition[],
  typeOf: (field: string) => string,
): string | null {
  const whole = conditions.filter(
    ({ field, operator, value }) => field !== "" && (!needsValue(operator) || value.trim() !== ""),
  );
  if (whole.length === 0) return null;
  return whole.map((one) => clause(one, typeOf(one.field))).join(" AND ");
}
