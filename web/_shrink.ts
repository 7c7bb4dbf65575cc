/** Pictures no larger than a page shows them. */
import { type Picture, resize } from "../image/mod.ts";

/** A picture whose longer side has at most so many pixels. */
export function shrunk(
  picture: Picture,
  longer: number,
  interpolation: "bicubic" | "bilinear",
): Picture {
  const scale = longer / Math.max(picture.width, picture.height);
  if (scale >= 1) return picture;
  const [width, height] = [picture.width, picture.height]
    .map((n) => Math.max(1, Math.round(n * scale)));
  return resize(picture, width, height, interpolation);
}
