/** Rasterise symbols and hatches in the page itself: no sprite file, no second request. */
import type { Map as GlMap } from "maplibre-gl";
import { ownUri, readOwnImage } from "../symbols/own";
import { LEVEL_COLOUR, LEVELS, type Level } from "../symbols/palette";
import { SYMBOLS, sheetUri } from "../symbols/symbols";

const RATIO = 3;
const SIDE = 24;

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
  const context = canvas(side * 2);
  context.scale(2, 2);
  context.strokeStyle = LEVEL_COLOUR[level];
  context.globalAlpha = 0.26;
  context.lineWidth = 0.9;
  for (const [x0, y0, x1, y1] of HATCH[level]) {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
  }
  return context.getImageData(0, 0, side * 2, side * 2);
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
  const context = canvas(side * 2);
  context.scale(2, 2);
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
  return context.getImageData(0, 0, side * 2, side * 2);
}

/** Draw the symbol of a person's own layer when the map first asks for it. */
async function addOwn(map: GlMap, name: string): Promise<void> {
  const own = readOwnImage(name);
  if (!own) return;
  const image = await decoded(ownUri(own.shape, own.colour, SIDE * RATIO), SIDE * RATIO);
  const drawn = haloed((context) => context.drawImage(image, 0, 0));
  if (!map.hasImage(name)) map.addImage(name, drawn, { pixelRatio: RATIO });
}

type Drawn = ReadonlyMap<string, ImageData>;

/** Draw every symbol from one sheet: an image of its own for each costs a page a millisecond each. */
export async function drawImages(): Promise<Drawn> {
  const names = [...SYMBOLS.keys()];
  const columns = Math.ceil(Math.sqrt(names.length));
  const side = SIDE * RATIO;
  const image = await decoded(sheetUri(names, columns, side), columns * side);
  const sheet = canvas(columns * side);
  sheet.drawImage(image, 0, 0);
  return new Map(
    names.map((name, index) => {
      const [x, y] = [(index % columns) * side, Math.floor(index / columns) * side];
      return [
        name,
        haloed((cell) => cell.drawImage(sheet.canvas, x, y, side, side, 0, 0, side, side)),
      ];
    }),
  );
}

/** Add every image to the map; call once, after its style has loaded. */
export async function addImages(map: GlMap, drawn: Promise<Drawn>): Promise<void> {
  map.on("styleimagemissing", ({ id }) => void addOwn(map, id));
  for (const [name, image] of await drawn)
    if (!map.hasImage(name)) map.addImage(name, image, { pixelRatio: RATIO });
  for (const level of LEVELS)
    if (!map.hasImage(`hatch-${level}`))
      map.addImage(`hatch-${level}`, hatch(level), { pixelRatio: 2 });
  for (const [name, look] of Object.entries(PATTERN))
    if (!map.hasImage(name)) map.addImage(name, pattern(look), { pixelRatio: 2 });
}
