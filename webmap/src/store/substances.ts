/** Names of substances while one is being typed. */
import * as api from "../api/calls";
import type { Substance } from "../api/wire";
import { attempt } from "./notices";

let asked = 0;

/** Return what matches; an older answer that comes late is dropped. */
export async function findSubstances(q: string): Promise<Substance[]> {
  asked += 1;
  const mine = asked;
  if (q.trim() === "") return [];
  await new Promise((resolve) => setTimeout(resolve, 150));
  if (mine !== asked) return [];
  const answer = await attempt(() => api.findSubstances(q.trim()));
  return mine === asked && answer ? answer.substances.slice(0, 20) : [];
}
