/** TensorFlow's operators as nodes of the engine, most of them by way of ONNX's: one row each. */
import type { Converter } from "../../onnx/call.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { convolutions } from "./convolutions.ts";
import { matrices } from "./matrices.ts";
import { parts } from "./parts.ts";
import { pictures } from "./pictures.ts";
import { shapes } from "./shapes.ts";

/** Each works on what follows from the picture and on constants, as far as it can. */
export const operators: ReadonlyMap<string, Converter> = new Map(
  [activations, arithmetic, convolutions, matrices, parts, pictures, shapes]
    .flatMap((rows) => Object.entries(rows)).sort(([a], [b]) => a < b ? -1 : 1),
);
