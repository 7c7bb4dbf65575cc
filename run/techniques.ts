/** The registry of techniques. `techniques/mod.ts` fills it; plugins add to it. */
import { Registry } from "../core/registry.ts";
import type { Technique } from "./technique.ts";

/** Every technique there is, by id. */
export const techniques: Registry<Technique> = new Registry<Technique>(
  "technique",
  [],
  "unknown-technique",
);
