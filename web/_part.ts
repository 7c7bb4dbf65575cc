/** Where in a picture a network looks. */
import { type Preprocess, resizedSize, type Size } from "../image/preprocess.ts";
import { cropStart } from "../image/mod.ts";
import type { Part } from "./_explained.ts";

/** The part of a picture that a preprocessing lets through, in the picture's pixels. */
export function partSeen(
  picture: Size,
  { resize, crop }: Pick<Preprocess, "resize" | "crop">,
): Part {
  const resized = resizedSize(picture, resize);
  const cut = typeof crop === "number" ? { width: crop, height: crop } : crop ?? resized;
  const across = picture.width / resized.width, down = picture.height / resized.height;
  return {
    x: cropStart(resized.width, cut.width) * across,
    y: cropStart(resized.height, cut.height) * down,
    width: cut.width * across,
    height: cut.height * down,
  };
}
