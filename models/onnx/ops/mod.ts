/** ONNX's operators as nodes of the engine: one row each, in a file of its kind. */
import type { Converter } from "../call.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { convolutions } from "./convolutions.ts";
import { matrices } from "./matrices.ts";
import { normalizations } from "./normalizations.ts";
import { parts } from "./parts.ts";
import { pools } from "./pools.ts";
import { resizing } from "./resizing.ts";
import { shapes } from "./shapes.ts";

/** Operators whose inputs follow from the picture. */
export const converters: ReadonlyMap<string, Converter> = new Map(
  [
    activations,
    arithmetic,
    convolutions,
    matrices,
    normalizations,
    parts,
    pools,
    resizing,
    shapes,
  ].flatMap((rows) => Object.entries(rows)).sort(([a], [b]) => a < b ? -1 : 1),
);
