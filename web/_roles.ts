/** What the options of a manifest mean. */
import { z } from "../deps/zod.ts";
import {
  channelOption,
  classOption,
  layersOption,
  optionByRole,
  type OptionRole,
  overlayOption,
} from "../core/options.ts";
import { techniques } from "../techniques/mod.ts";
import type { Manifest } from "../run/manifest.ts";

/** A technique that is not here (any more) is taken to call its options as the others do. */
const USUAL = z.object({
  class: classOption,
  layer: layersOption(),
  channel: channelOption,
  overlay: overlayOption(0.5),
});

/** The value of the option of a run that has a role, whatever it is called. */
export function roleIn({ technique, options }: Manifest, role: OptionRole): unknown {
  const schema = techniques.has(technique.id) ? techniques.get(technique.id).options : USUAL;
  return optionByRole(schema, options, role);
}

/** The layer that a run looks at, where it looks at one. */
export function layerOf(manifest: Manifest): string | undefined {
  const layer = roleIn(manifest, "layer") ?? manifest.result.figures?.layer;
  return typeof layer === "string" ? layer : undefined;
}
