import * as tf from "../deps/tfjs.ts";

/**
 * How many float32 numbers an op's input and output may have so that the one is still near when the
 * other is made: 32 MB in a processor's cache; a GPU reads all of its memory alike.
 */
export const cachedNumbers = (): number => tf.getBackend() === "webgpu" ? Infinity : 2 ** 23;
