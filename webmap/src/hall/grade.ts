/** The ladders of an incident, the one that says most first: each has its own name beside it. */
export const LADDER = [
  { field: "response_level", title: "hall.ladder.response" },
  { field: "accident_grade", title: "hall.ladder.accident" },
  { field: "warning_level", title: "hall.ladder.warning" },
] as const;
