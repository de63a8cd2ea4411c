/** Rasterise symbols and hatches in the page itself: no sprite file, no second request. */
import type { Map as GlMap } from "maplibre-gl";
import { ownUri, readOwnImage } from "../symbols/own";
import { LEVEL_COLOUR, LEVELS, type Level } from "../symbols/palette";
import { SYMBOLS, sheetUri } from "../symbols/symbols";

export const RATIO = 3;
const SIDE = 24;
const HATCH_RATIO = 2;

interface Image {
  data: ImageData;
  /** Its pixels to one of the map. */
  ratio: number;
}

/** Draws the images of one kind; null where a name is of another. */
type Drawer = (name: string) => Promise<Image> | null;

async function decoded(uri: string, side: number): Promise<HTMLImageElement> {
  const image = new globalThis.Image(side, side);
  image.src = uri;
  await image.decode();
  return image;
}

/** A symbol with a dark halo, to be told from any ground. */
function haloed(draw: (context: CanvasRenderingContext2D) => void, side = SIDE): ImageData {
  const context = canvas(side * RATIO);
  context.shadowColor = "rgba(5, 9, 18, 0.9)";
  context.shadowBlur = 2 * RATIO;
  draw(context);
  return context.getImageData(0, 0, side * RATIO, side * RATIO);
}

/** Draw an image of so many pixels of the map, three times as fine, with a halo for any ground. */
export async function drawn(uri: string, side = SIDE): Promise<Image> {
  const image = await decoded(uri, side * RATIO);
  return { data: haloed((context) => context.drawImage(image, 0, 0), side), ratio: RATIO };
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
async function laySymbols(): Promise<(name: string) => Image> {
  const names = [...SYMBOLS.keys()];
  const columns = Math.ceil(Math.sqrt(names.length));
  const side = SIDE * RATIO;
  const sheet = canvas(columns * side);
  sheet.drawImage(await decoded(sheetUri(names, columns, side), columns * side), 0, 0);
  return (name) => {
    const index = names.indexOf(name);
    const [x, y] = [(index % columns) * side, Math.floor(index / columns) * side];
    const cut = (cell: CanvasRenderingContext2D): void =>
      cell.drawImage(sheet.canvas, x, y, side, side, 0, 0, side, side);
    return { data: haloed(cut), ratio: RATIO };
  };
}

const HATCHES: ReadonlyMap<string, () => ImageData> = new Map([
  ...LEVELS.map((level) => [`hatch-${level}`, () => hatch(level)] as const),
  ...Object.entries(PATTERN).map(([name, look]) => [name, () => pattern(look)] as const),
]);

function drawHatch(name: string): Promise<Image> | null {
  const data = HATCHES.get(name)?.();
  return data ? Promise.resolve({ data, ratio: HATCH_RATIO }) : null;
}

/** The symbol of a person's own layer. */
function drawOwn(name: string): Promise<Image> | null {
  const own = readOwnImage(name);
  return own ? drawn(ownUri(own.shape, own.colour, SIDE * RATIO)) : null;
}

const DRAWERS = new WeakMap<GlMap, Drawer[]>();

/**
 * Give the map each image when it first asks for it.
 *
 * The map waits for the answer: a tile that was cut without its image would stay empty.
 */
export function giveImages(map: GlMap): void {
  const symbols = laySymbols();
  const drawSymbol = (name: string): Promise<Image> | null =>
    SYMBOLS.has(name) ? symbols.then((cut) => cut(name)) : null;
  const drawers: Drawer[] = [drawSymbol, drawHatch, drawOwn];
  DRAWERS.set(map, drawers);
  map.setMissingStyleImageResolver(async (name) => {
    for (const draw of drawers) {
      const image = await draw(name);
      if (!image) continue;
      if (!map.hasImage(name)) map.addImage(name, image.data, { pixelRatio: image.ratio });
      return;
    }
  });
}

/** Give it the images of one more kind too; call before the layer that shows them is added. */
export function giveAlso(map: GlMap, drawer: Drawer): void {
  DRAWERS.get(map)?.push(drawer);
}
