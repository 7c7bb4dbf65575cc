/** What tasks of several kinds name, as somebody else may have written it. */
import { z } from "../deps/zod.ts";
import { sha256Schema } from "./task.ts";

const text = z.string().min(1).max(10_000), record = z.record(z.string(), z.unknown());

/** Of a file. */
export const fileSchema = z.strictObject({ name: text, path: text, sha256: sha256Schema });

/** Of a technique or a metric with its options. */
export const chosenSchema = z.strictObject({ id: z.string().min(1).max(200), options: record });

/** Of a model. */
export const modelSchema = z.strictObject({
  id: text,
  loaded: record,
  weights: z.strictObject({ sha256: z.string(), source: z.string() }),
  preprocess: record,
  scores: text,
});
