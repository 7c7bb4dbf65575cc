/** What each technique makes of one picture, small: for the gallery's pages of techniques. */
import { loadImage, type Picture, resize } from "../image/mod.ts";
import { loadModel } from "../models/mod.ts";
import { picturesOf } from "../run/figure.ts";
import type { Technique } from "../run/technique.ts";
import { attribute, techniques, visualize } from "../techniques/mod.ts";
import { CHANNELS, MODEL, PICTURE, shownOf, shownOptions } from "./_examples.ts";
import { smallPng } from "./_small.ts";

const root = new URL("../", import.meta.url);

/** Where they are, from the project's folder. */
export const FOLDER = "web/static/techniques/";
/** Their sizes, by the techniques' ids: what a page must know before they are loaded. */
export const SIZES = `${FOLDER}sizes.json`;
/** What a page of them can carry. */
export const MOST_BYTES = 15_000;

/** Longer side in pixels: what is larger is made smaller. */
const SIDE = 96;
const COLORS = 128;

/** No larger than {@link SIDE}. */
function small(picture: Picture): Picture {
  const { width, height } = picture, by = SIDE / Math.max(width, height);
  if (by >= 1) return picture;
  return resize(picture, Math.round(width * by), Math.round(height * by), "bilinear");
}

async function pictureOf(technique: Technique): Promise<Picture> {
  const model = await loadModel(MODEL), image = await loadImage(new URL(PICTURE, root));
  if (technique.kind === "attribution") {
    const options = shownOptions(technique);
    return (await picturesOf(await attribute(technique, { model, image, options }))).overlay;
  }
  const shown = shownOf(technique).filter((shown) => shown.model === MODEL);
  const { options } = shown.find(({ options }) => options.layer === "layer3") ?? shown[0];
  const channel = CHANNELS.find((channel) => channel.model === MODEL);
  const run = await visualize(technique, {
    model,
    image: technique.picture === "required" ? image : undefined,
    options: "channel" in options ? shownOptions(technique, channel) : options,
  });
  return run.final;
}

/** The picture of a technique, as a PNG file, and its size. */
export async function techniquePicture(
  technique: Technique,
): Promise<{ readonly size: readonly [width: number, height: number]; readonly png: Uint8Array }> {
  const picture = small(await pictureOf(technique));
  return { size: [picture.width, picture.height], png: smallPng(picture, COLORS) };
}

/** Every file, by its path from the project's folder. */
export async function* techniquePictures(): AsyncGenerator<[path: string, Uint8Array | string]> {
  const sizes: Record<string, readonly number[]> = {};
  for (const technique of techniques) {
    const { size, png } = await techniquePicture(technique);
    sizes[technique.id] = size;
    yield [`${FOLDER}${technique.id}.png`, png];
  }
  const lines = Object.entries(sizes).map(([id, size]) => `  "${id}": [${size.join(", ")}]`);
  yield [SIZES, `{\n${lines.join(",\n")}\n}\n`];
}
