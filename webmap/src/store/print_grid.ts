/** The kilometre grid of a printed map: whole eastings and northings of one CGCS2000 zone. */
import { gaussIn, gaussZone } from "./plot_grids";
import { type Frame, placeAt } from "./print_sheet";

const STEPS_M = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000] as const;
const MOST_LINES = 8;
/** A line is no straight one on this map: so many chords follow it. */
const CHORDS = 8;
/** Eastings and northings are all but straight in pixels: each turn gains three digits or more. */
const TURNS = 4;

export interface KilometreLine {
  axis: "east" | "north";
  metres: number;
  /** From one edge of the frame to the other, px; a line may leave the frame on its way. */
  points: [number, number][];
  /** Kilometres, an easting with its zone's number before it. */
  label: string;
}

export interface KilometreGrid {
  zone: number;
  step_m: number;
  lines: KilometreLine[];
}

/** The grid of a frame; null where it shows too much for one zone, or no such zone is used. */
export function kilometreGrid(frame: Frame): KilometreGrid | null {
  const zone = gaussZone(frame.lon, frame.lat);
  if (zone === null) return null;
  const { width_px: width, height_px: height } = frame;
  const at = (x: number, y: number): [number, number] => gaussIn(zone, ...placeAt(frame, x, y));
  const edges = [0, width / 2, width].flatMap((x) => [0, height / 2, height].map((y) => at(x, y)));
  const span = (axis: 0 | 1): [number, number] => {
    const values = edges.map((place) => place[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [east, north] = [span(0), span(1)];
  const longest = Math.max(east[1] - east[0], north[1] - north[0]);
  const step_m = STEPS_M.find((step) => longest / step <= MOST_LINES);
  if (step_m === undefined) return null;
  const chords = (length: number): number[] =>
    Array.from({ length: CHORDS + 1 }, (_, n) => (n * length) / CHORDS);
  const lines: KilometreLine[] = [
    ...multiples(east, step_m).map((metres) => ({
      axis: "east" as const,
      metres,
      points: chords(height).map((y): [number, number] => [
        solve((x) => at(x, y)[0] - metres, width),
        y,
      ]),
      label: kilometres(metres),
    })),
    ...multiples(north, step_m).map((metres) => ({
      axis: "north" as const,
      metres,
      points: chords(width).map((x): [number, number] => [
        x,
        solve((y) => at(x, y)[1] - metres, height),
      ]),
      label: kilometres(metres),
    })),
  ];
  return { zone, step_m, lines };
}

function multiples([low, high]: [number, number], step: number): number[] {
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, n) => (first + n) * step);
}

/** Where an all but straight function is nought, by secants. */
function solve(distance: (at: number) => number, length: number): number {
  let [before, now] = [0, length];
  let [was, is] = [distance(before), distance(now)];
  for (let turn = 0; turn < TURNS && is !== was; turn++) {
    const next = now - (is * (now - before)) / (is - was);
    [before, was] = [now, is];
    [now, is] = [next, distance(next)];
  }
  return now;
}

const kilometres = (metres: number): string => String(metres / 1000);
