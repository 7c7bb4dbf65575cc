/** The ways in which pictures are often prepared for networks. */
import type { Preprocess } from "../image/preprocess.ts";

/** The ways in which pictures are often prepared, where they differ from the model's own. */
export function alternatives(own: Preprocess): { how: string; preprocess: Preprocess }[] {
  const zero = own.mean.map(() => 0), one = own.std.map(() => 1), half = own.mean.map(() => 0.5);
  const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], range: 1 as const };
  const colours = own.channelOrder === "rgb"
    ? "bgr"
    : own.channelOrder === "bgr"
    ? "rgb"
    : undefined;
  const all: { how: string; preprocess: Preprocess }[] = [
    { how: "levels of 0 to 1", preprocess: { ...own, mean: zero, std: one, range: 1 } },
    { how: "levels of 0 to 255", preprocess: { ...own, mean: zero, std: one, range: 255 } },
    { how: "levels of −1 to 1", preprocess: { ...own, mean: half, std: half, range: 1 } },
    ...(own.mean.length === 3
      ? [{ how: "ImageNet's mean and deviation", preprocess: { ...own, ...imagenet } }]
      : []),
    ...(colours
      ? [{
        how: `colours in the order ${colours === "bgr" ? "blue, green, red" : "red, green, blue"}`,
        preprocess: { ...own, channelOrder: colours } as Preprocess,
      }]
      : []),
  ];
  const same = ({ preprocess: { mean, std, range, channelOrder } }: typeof all[number]) => {
    const scale = (r: number) => 255 / r;
    return channelOrder === own.channelOrder &&
      mean.every((m, i) =>
        Math.abs(m * scale(range) - own.mean[i] * scale(own.range)) < 0.5 &&
        Math.abs(std[i] * scale(range) - own.std[i] * scale(own.range)) < 0.5
      );
  };
  return all.filter((other) => !same(other));
}
