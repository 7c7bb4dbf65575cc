/**
 * How objectives are differentiated. TensorFlow.js records the kernels that an objective runs and
 * walks them back, but its core package knows the gradient of none: they are here, by kind, written
 * from the mathematics. Importing this registers those that nobody has registered before; what is
 * registered later, as by importing all of TensorFlow.js, takes their place.
 */
export { gradients } from "./kinds.ts";
export { record, type Recorded, valueAndGrads } from "./record.ts";
