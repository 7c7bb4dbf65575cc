/** The registry of model adapters. `models/mod.ts` fills it; plugins add to it. */
import { Registry } from "../core/registry.ts";
import type { ModelAdapter } from "./model.ts";

/** Every family of networks and every file format there is, by id. */
export const models: Registry<ModelAdapter> = new Registry<ModelAdapter>(
  "model family",
  [],
  "unknown-model",
);
