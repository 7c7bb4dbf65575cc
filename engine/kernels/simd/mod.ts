// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * Kernels on the memory of TensorFlow.js's WebAssembly backend: pointers are byte addresses of float32
 * arrays in NHWC order.
 *
 * The module owns no memory: it has no data, no globals and no stack there, only its arguments. Each
 * function computes one part of its work, the last argument or (where threads need memory of their
 * own) the last but one; parts write where no other part does, so any thread may take any part, and
 * the numbers are the same whoever does.
 */
export { conv } from "./conv.ts";
export { product, productTransposed } from "./dense.ts";
export { depthwise, depthwiseGrad } from "./depthwise.ts";
export { add, clipGrad, zero } from "./elements.ts";
export { affine, copyChannels, depthToSpace, interleave, scatter } from "./image.ts";
export { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./pool.ts";
export { gelu, geluGrad, swish, swishGrad } from "./smooth.ts";
export { winograd, winogradKernel } from "./winograd.ts";
