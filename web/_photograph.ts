/** The photograph that a run was made of, and where in it lies what the network saw. */
import { cropBox, type Preprocess, resizedSize, type Size } from "../image/preprocess.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Surroundings } from "./components/Stage.tsx";

/** What every browser shows, upright and still. */
const SHOWN = /\.(jpe?g|png|webp)$/;

const isWhole = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value > 0;

/** A size as preprocessing has it; undefined for something else. */
function sizeIn(value: unknown): Preprocess["resize"] | undefined {
  if (value === null || isWhole(value)) return value;
  if (typeof value !== "object" || !("width" in value && "height" in value)) return undefined;
  const { width, height } = value;
  return isWhole(width) && isWhole(height) ? { width, height } : undefined;
}

/**
 * The kept photograph's file, its size and the box of what the network saw; nothing where none is kept,
 * where it is no larger than that, or where it is not known how it was cropped.
 *
 * @param seen size of what the network saw
 */
export function photographOf(
  { image, model }: Manifest,
  seen: Size,
): Surroundings & { readonly file: string } | undefined {
  const resize = sizeIn(model.preprocess.resize), crop = sizeIn(model.preprocess.crop);
  if (!image?.file || !SHOWN.test(image.file.name)) return undefined;
  if (resize === undefined || crop === undefined) return undefined;
  const { width, height } = image;
  if (width * height <= seen.width * seen.height) return undefined;
  const cut = typeof crop === "number" ? { width: crop, height: crop } : crop;
  const made = cut ?? resizedSize(image, resize);
  // a run that was made at another size than the model's own saw something else
  if (made.width !== seen.width || made.height !== seen.height) return undefined;
  const box = cropBox(image, { resize, crop });
  return { file: image.file.name, width, height, box };
}
