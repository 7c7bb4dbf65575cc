/** Pixels and channels moved on the memory of TensorFlow.js's WebAssembly backend. */
import * as tf from "../../deps/tfjs.ts";
import { LIMITS } from "./_conv.ts";
import { checkCutOut, cutOut, windowsShape } from "./_cut_out.ts";
import { chunks } from "./_elements.ts";
import type { Kernels } from "./kernels.ts";
import { type Machine, TOUCH } from "./_machine.ts";
import { checkDepthToSpace, checkFloat, checkScatter } from "./_tensors.ts";

/** Bytes of a part, as simd/image.ts has it. */
const CHUNK = 262144;

/** How many parts pixels of so many channels make. */
const partsOf = (pixels: number, channels: number) =>
  Math.ceil(pixels / Math.max(Math.floor(CHUNK / 4 / channels), 1));

/** The names of what is computed here. */
type Moves =
  | "affine"
  | "concat"
  | "cutOut"
  | "split"
  | "scatter"
  | "depthToSpace"
  | "interleave";

/** The kernels, by simd/image.ts. */
export function simdMoves(m: Machine): Pick<Kernels, Moves> {
  const { at } = m;
  /** Copies `channels` of each pixel, from pixels of `fromStep` numbers to those of `toStep`. */
  const copyChannels = (
    from: number,
    fromStep: number,
    to: number,
    toStep: number,
    channels: number,
    size: number,
  ) => {
    if (size === 0) return;
    const pixels = size / channels, steps = [from, 4 * fromStep, to, 4 * toStep];
    const numbers = [...steps, 4 * channels, pixels];
    m.run("copyChannels", numbers, partsOf(pixels, channels), TOUCH * size);
  };
  return {
    affine(x, slope, shift, activation) {
      checkFloat(x, slope);
      const y = m.output(x.shape), channels = slope.size, pixels = x.size / channels;
      const numbers = [
        ...[at(x), at(slope), shift ? at(shift) : 0, at(y), channels, pixels],
        ...LIMITS[activation ?? "linear"],
      ];
      m.run("affine", numbers, partsOf(pixels, channels), TOUCH * x.size);
      return y;
    },

    concat(parts) {
      checkFloat(...parts);
      const sizes = parts.map(({ shape }) => shape.at(-1)!);
      const all = sizes.reduce((a, b) => a + b),
        y = m.output([...parts[0].shape.slice(0, -1), all]);
      let before = 0;
      parts.forEach((part, i) => {
        copyChannels(at(part), sizes[i], at(y) + 4 * before, all, sizes[i], part.size);
        before += sizes[i];
      });
      return y;
    },

    split(x, sizes) {
      checkFloat(x);
      const all = x.shape.at(-1)!;
      let before = 0;
      return sizes.map((size) => {
        const y = m.output([...x.shape.slice(0, -1), size]);
        copyChannels(at(x) + 4 * before, all, at(y), size, size, y.size);
        before += size;
        return y;
      });
    },

    // whole rows are copied as fast from here, and no thread must be waited for
    cutOut(pictures, window) {
      checkCutOut(pictures, window);
      const { base, patches, corners } = pictures;
      const y = m.output<tf.Tensor4D>(windowsShape(pictures, window));
      const [from, patch, into] = [base, patches, y].map((x) =>
        new Float32Array(m.memory.buffer, at(x), x.size)
      );
      const shapes = { base: base.shape, patches: patches.shape };
      cutOut({ base: from, patches: patch, into }, shapes, corners, window);
      return y;
    },

    scatter(z, shape, stride, into) {
      checkScatter(z, shape, stride, into);
      const [batch, h, w, channels] = z.shape;
      // Reshaped tensors may share the data of `into`; a reshape shares it with the result.
      const alone = into && m.isAlone(into);
      const y = alone
        ? tf.reshape<tf.Rank.R4>(into, into.shape)
        : m.output<tf.Tensor4D>([batch, ...shape, channels]);
      if (!alone) m.run("zero", [at(y), 4 * y.size], chunks(y), TOUCH * y.size);
      const numbers = [at(z), at(y), h, w, ...shape, channels, ...stride];
      m.run("scatter", numbers, batch * h, TOUCH * z.size);
      const result = into && !alone ? tf.add<tf.Tensor4D>(y, into) : y;
      if (result !== y) y.dispose();
      into?.dispose();
      return result;
    },

    interleave(images, stride, shape) {
      const y = m.output<tf.Tensor4D>([...shape]), [batch, height, width, channels] = shape;
      if (images.includes(undefined)) m.run("zero", [at(y), 4 * y.size], chunks(y), TOUCH * y.size);
      images.forEach((z, p) => {
        if (!z) return;
        checkFloat(z);
        const [, rows, columns] = z.shape, start = [Math.floor(p / stride), p % stride];
        const numbers = [at(z), at(y), rows, columns, height, width, channels, stride, ...start];
        m.run("interleave", numbers, batch * rows, TOUCH * z.size);
      });
      return y;
    },

    depthToSpace(z, block, height, width) {
      checkDepthToSpace(z, block, height, width);
      const [batch, h, w, blocks] = z.shape;
      const channels = blocks / block ** 2;
      const y = m.output<tf.Tensor4D>([batch, height, width, channels]);
      const numbers = [at(z), at(y), h, w, block, height, width, channels];
      m.run("depthToSpace", numbers, batch * height, TOUCH * y.size);
      return y;
    },
  };
}
