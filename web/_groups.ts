/** A technique's options by what they are for. */
import { type OptionField, optionFields, type OptionRole } from "../core/options.ts";
import type { Technique } from "../run/technique.ts";

/** What options are for. */
export type Purpose = "what" | "how" | "look";

/** By their roles; all others say how something is computed. */
const PURPOSES: Partial<Record<OptionRole, Purpose>> = {
  class: "what",
  layer: "what",
  channel: "what",
  objective: "what",
  overlay: "look",
  clip: "look",
};

/** The options of a technique that have a purpose, in their order. */
export const optionsFor = (technique: Technique, purpose: Purpose): readonly OptionField[] =>
  optionFields(technique.options)
    .filter(({ role }) => ((role && PURPOSES[role]) ?? "how") === purpose);
