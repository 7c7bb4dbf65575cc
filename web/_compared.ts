/** From a run's manifest to what compares it with others. */
import { certainty, words } from "../core/text.ts";
import type { Manifest } from "../run/manifest.ts";
import { modelName } from "../run/model_name.ts";
import type { Score } from "../run/scores.ts";
import { techniques } from "../techniques/mod.ts";
import { coverOf } from "./_manifest.ts";
import { isDivergingRun, paletteIn } from "./_painted.ts";
import { layerOf } from "./_roles.ts";
import { AS_SCRIPT } from "./bytes.ts";
import { type Compared, ROLES } from "./compared.ts";
import { scoreShown } from "./_scores.ts";
import { isSmall } from "./components/Card.tsx";
import { shown } from "./components/Facts.tsx";
import { paths, type Site } from "./site.ts";

/** What the runs' options and circumstances are, so that differences can be seen. */
function optionsOf(manifest: Manifest): Record<string, string> {
  const { technique, model, image, target, options, seed, backend } = manifest;
  const facts: Record<string, unknown> = {
    technique: technique.title,
    model: modelName(model.id),
    picture: image?.name,
    class: target?.label,
    ...options,
    seed,
    backend: backend.name,
  };
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined)
      .map(([name, value]) => [words(name), shown(value)]),
  );
}

function mapOf({ result }: Manifest): Compared["map"] {
  const palette = paletteIn(result), { low, high } = result.scale ?? {};
  if (!palette) return undefined;
  const known = typeof low === "number" && typeof high === "number";
  return { palette, signed: isDivergingRun(result), scale: known ? { low, high } : undefined };
}

/** A run beside others; nothing where it has no picture. */
export function comparedOf(
  id: string,
  manifest: Manifest,
  scores: readonly Score[],
  { href, live }: Site,
): Compared | undefined {
  const cover = coverOf(manifest);
  if (!cover) return undefined;
  const { target, model, technique, files } = manifest;
  const pictures = Object.fromEntries(ROLES.flatMap((role) => {
    const file = files.find((f) => f.role === role && f.width);
    return file ? [[role, href(paths.file(id, file.name))]] : [];
  }));
  const size = { width: cover.width!, height: cover.height! };
  const values = files.find(({ role }) => role === "values");
  const known = techniques.has(technique.id) ? techniques.get(technique.id) : undefined;
  return {
    id,
    href: href(paths.run(id)),
    title: technique.title,
    short: known?.short ?? technique.title,
    facts: [
      target && `${target.label} ${certainty(target)}`,
      layerOf(manifest),
      modelName(model.id),
    ].filter(Boolean).join(" · "),
    ...size,
    small: isSmall(size),
    pictures: { "": href(paths.file(id, cover.name)), ...pictures },
    values: values && href(paths.file(id, values.name) + (live ? "" : AS_SCRIPT)),
    map: files.some(({ role }) => role === "map") ? mapOf(manifest) : undefined,
    options: optionsOf(manifest),
    scores: scores.map(scoreShown),
  };
}
