/** Fully connected layers. */
import { sizeOf } from "../../core/values.ts";
import { denseBackward, denseForward } from "./_dense.ts";
import type { Op } from "./op.ts";

/** `[features] · kernel [features, out] + bias`; of a picture, for each pixel's channels. */
export const dense: Op = {
  traits: { nature: "weighted", head: true },
  needs: ["kernel"],
  shape([input], { params: { kernel } }) {
    if (input.at(-1) !== kernel[0]) {
      throw new Error(
        `the kernel takes [${kernel[0]}] features, the input has [${input.join(", ")}]`,
      );
    }
    return [...input.slice(0, -1), kernel[1]];
  },
  cost: (_inputs, output, { params: { kernel } }) => kernel[0] * sizeOf(output),
  fuses: ["relu", "relu6"],
  forward: ([x], call, activation) => denseForward(x, call, activation),
  backward: (dy, call) => [denseBackward(dy, call)],
};
