/** How pictures are prepared to evaluate a network. */
import type { Graph } from "../engine/graph.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { DEFAULT_SIDE } from "./_limits.ts";

/** Mean of ImageNet's red, green and blue, of 0..1. */
export const IMAGENET_MEAN: readonly number[] = [0.485, 0.456, 0.406];
/** Standard deviation of ImageNet's red, green and blue, of 0..1. */
export const IMAGENET_STD: readonly number[] = [0.229, 0.224, 0.225];

/**
 * The usual evaluation transform: the shorter side to ⌊size / cropShare⌋, then the middle
 * `size`×`size`.
 *
 * @example
 * ```ts
 * evaluation(224, 0.875, "bicubic"); // resize: 256, crop: 224
 * ```
 */
export function evaluation(
  size: number,
  cropShare: number,
  interpolation: Preprocess["interpolation"],
): Preprocess {
  return {
    resize: Math.floor(size / cropShare),
    crop: size,
    interpolation,
    mean: IMAGENET_MEAN,
    std: IMAGENET_STD,
    range: 1,
    channelOrder: "rgb",
  };
}

/** The same in torchvision's words: the shorter side to `resize`, then the middle `crop`×`crop`. */
export const transform = (
  resize: number,
  crop: number,
  interpolation: Preprocess["interpolation"] = "bilinear",
): Preprocess => ({ ...evaluation(crop, 1, interpolation), resize });

/** Of a file that says nothing of its pictures: exactly its input's size, from 0 to `range`. */
export const undeclared = (
  [height, width]: Graph["input"]["shape"],
  range: Preprocess["range"],
): Omit<Preprocess, "channelOrder"> => ({
  resize: { width: width ?? DEFAULT_SIDE, height: height ?? DEFAULT_SIDE },
  crop: null,
  interpolation: "bilinear",
  mean: [0],
  std: [1],
  range,
});
