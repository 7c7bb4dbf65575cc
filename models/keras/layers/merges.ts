/** Layers that take several inputs. */
import { type Converter, type Converters, lastAxis, one } from "./settings.ts";

/** Subtract takes two inputs, the other merges two or more. */
const merge = (op: string, most = Infinity): Converter => (call) => {
  const count = call.inputs.length;
  if (count < 2 || count > most) call.fail(`it has ${count} inputs`);
  return one(op)(call);
};

/** Layers in which branches meet. */
export const mergingLayers: Converters = {
  Add: merge("add"),
  Average: merge("average"),
  Concatenate: (call) => {
    lastAxis(call);
    return merge("concat")(call);
  },
  Maximum: merge("maximum"),
  Minimum: merge("minimum"),
  Multiply: merge("multiply"),
  Subtract: merge("subtract", 2),
};
