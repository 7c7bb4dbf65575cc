/** How large a tensor may be. */
import * as tf from "../../deps/tfjs.ts";

/** How many bytes the current backend can hold in one tensor: a GPU binds so much at once. */
export function largestTensor(): number {
  const backend = tf.getBackend() === "webgpu" ? tf.engine().registry.webgpu : {};
  return "largest" in backend && typeof backend.largest === "number" ? backend.largest : Infinity;
}
