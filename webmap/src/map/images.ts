/** Rasterise symbols and hatches in the page itself: no sprite file, no second request. */
import type { Map as GlMap } from "maplibre-gl";
import { ownUri, readOwnImage } from "../symbols/own";
import { LEVEL_COLOUR, LEVELS, type Level } from "../symbols/palette";
import { SYMBOLS, sheetUri } from "../symbols/symbols";

const RATIO = 3;
const SIDE = 24;
const HATCH_RATIO = 2;

async function decoded(uri: string, side: number): Promise<HTMLImageElement> {
  const image = new Image(side, side);
  image.src = uri;
  await image.decode();
  return image;
}

/** A symbol with a dark halo, to be told from any ground. */
function haloed(draw: (context: CanvasRenderingContext2D) => void): ImageData {
  const context = canvas(SIDE * RATIO);
  context.shadowColor = "rgba(5, 9, 18, 0.9)";
  context.shadowBlur = 2 * RATIO;
  draw(context);
  return context.getImageData(0, 0, SIDE * RATIO, SIDE * RATIO);
}

function canvas(side: number): CanvasRenderingContext2D {
  const element = document.createElement("canvas");
  element.width = side;
  element.height = side;
  const context = element.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser cannot draw on a canvas");
  return context;
}

/** Each level has its own hatch, so that a zone can be told without its colour. */
const HATCH: Readonly<Record<Level, readonly [number, number, number, number][]>> = {
  red: [
    [0, 16, 16, 0],
    [0, 0, 16, 16],
  ],
  orange: [[0, 16, 16, 0]],
  yellow: [[0, 8, 16, 8]],
  blue: [[8, 0, 8, 16]],
};

function hatch(level: Level): ImageData {
  const side = 16;
  const context = canvas(side * HATCH_RATIO);
  context.scale(HATCH_RATIO, HATCH_RATIO);
  context.strokeStyle = LEVEL_COLOUR[level];
  context.globalAlpha = 0.26;
  context.lineWidth = 0.9;
  for (const [x0, y0, x1, y1] of HATCH[level]) {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
  }
  return context.getImageData(0, 0, side * HATCH_RATIO, side * HATCH_RATIO);
}

/** White bars on red for what is closed, pale ones for what nobody reaches in time. */
const PATTERN: Readonly<Record<string, { ground: string | null; bars: string; width: number }>> = {
  "hatch-closed": {
    ground: "rgba(170, 25, 35, 0.32)",
    bars: "rgba(255, 205, 205, 0.85)",
    width: 1.6,
  },
  "hatch-beyond": { ground: null, bars: "rgba(213, 223, 238, 0.45)", width: 1.2 },
};

function pattern({ ground, bars, width }: (typeof PATTERN)[string]): ImageData {
  const side = 16;
  const context = canvas(side * HATCH_RATIO);
  context.scale(HATCH_RATIO, HATCH_RATIO);
  if (ground) {
    context.fillStyle = ground;
    context.fillRect(0, 0, side, side);
  }
  context.strokeStyle = bars;
  context.lineWidth = width;
  for (const shift of [-side, 0, side]) {
    context.beginPath();
    context.moveTo(shift, side);
    context.lineTo(shift + side, 0);
    context.stroke();
  }
  return context.getImageData(0, 0, side * HATCH_RATIO, side * HATCH_RATIO);
}

/**
 * Lay every symbol on one sheet and return how to cut one from it.
 *
 * An image of its own for each would cost a page a millisecond each.
 */
async function laySymbols(): Promise<(name: string) => ImageData | null> {
  const names = [...SYMBOLS.keys()];
  const columns = Math.ceil(Math.sqrt(names.length));
  const side = SIDE * RATIO;
  const sheet = canvas(columns * side);
  sheet.drawImage(await decoded(sheetUri(names, columns, side), columns * side), 0, 0);
  return (name) => {
    const index = names.indexOf(name);
    if (index < 0) return null;
    const [x, y] = [(index % columns) * side, Math.floor(index / columns) * side];
    return haloed((cell) => cell.drawImage(sheet.canvas, x, y, side, side, 0, 0, side, side));
  };
}

/** Draw the symbol of a person's own layer. */
async function drawOwn(name: string): Promise<ImageData | null> {
  const own = readOwnImage(name);
  if (!own) return null;
  const image = await decoded(ownUri(own.shape, own.colour, SIDE * RATIO), SIDE * RATIO);
  return haloed((context) => context.drawImage(image, 0, 0));
}

const HATCHES: ReadonlyMap<string, () => ImageData> = new Map([
  ...LEVELS.map((level) => [`hatch-${level}`, () => hatch(level)] as const),
  ...Object.entries(PATTERN).map(([name, look]) => [name, () => pattern(look)] as const),
]);

/**
 * Give the map each image when it first asks for it.
 *
 * The map waits for the answer: a tile that was cut without its image would stay empty.
 */
export function giveImages(map: GlMap): void {
  const symbols = laySymbols();
  map.setMissingStyleImageResolver(async (name) => {
    const drawn = HATCHES.get(name)?.();
    const image = drawn ?? (await symbols)(name) ?? (await drawOwn(name));
    if (image && !map.hasImage(name))
      map.addImage(name, image, { pixelRatio: drawn ? HATCH_RATIO : RATIO });
  });
}
