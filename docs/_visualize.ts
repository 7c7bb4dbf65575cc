/** The page of what `feature-viz` is told: objectives, parameterizations, transformations. */
import { optionFields, taken } from "../core/options.ts";
import type { OptionsSchema, Paper } from "../run/technique.ts";
import { DEFAULT_TRANSFORMS, objectives, parameterizations, transforms } from "../visualize/mod.ts";
import { code, fence, NOTE, table } from "./_markdown.ts";

interface Called {
  readonly id: string;
  readonly summary: string;
  readonly options: OptionsSchema;
  readonly paper?: Paper;
}

/** `channel(layer, channel)`; what may be left out in brackets. */
function callOf({ id, options }: Called): string {
  const names = optionFields(options).map(({ name, required }) => required ? name : `[${name}]`);
  return names.length ? `${id}(${names.join(", ")})` : id;
}

const meaning = ({ summary, options, paper }: Called): string =>
  [
    `${summary}.`,
    ...optionFields(options).map((field) => {
      const fallback = field.default === undefined ? "" : `; default: ${field.default}`;
      return `${code(field.name)}: ${field.description || taken(field)}${fallback}.`;
    }),
    paper
      ? `[${paper.citation.split(",").slice(-1)[0].trim()}](${paper.url}): ${code(paper.equation)}`
      : "",
  ].filter(Boolean).join(" ");

const tableOf = (things: Iterable<Called>) =>
  table(["write", "what it is"], [...things].map((thing) => [code(callOf(thing)), meaning(thing)]));

/** The page, from the registries. */
export const visualizePage = (): string =>
  [
    NOTE,
    "# Objectives, transformations, parameterizations",
    "What [`feature-viz`](../techniques/feature-viz.md) is told in one line each. In a script, " +
    "`parseObjective(text, model)` makes of the first what `network.gradient` takes.",
    "## Objectives",
    "What shall grow. They add up: numbers weigh them, minus holds down. Options stand in their " +
    "order or by name; names with a comma or a bracket in them stand in quotes. `batch=N` asks one " +
    "image of several alone.",
    fence(
      "sh",
      [
        'deno task phosphene feature-viz --objective "channel(layer4, 16) - 1e-3*tv"',
        'deno task phosphene feature-viz --objective "logit(cat) - logit(butterfly)"',
        'deno task phosphene feature-viz --from "logit(cat)" --to "logit(snail)" --images 4',
        "deno task phosphene feature-viz --layer layer3 --channel 12 --diversity 4 --diversity-weight 10",
      ].join("\n"),
    ),
    tableOf(objectives),
    "`tv`, `l1`, `l2`, `lp` and `blur` are of the image as it is, before the transformations, in the " +
    "network's normalized space; all others are of what the network sees.",
    "## Transformations",
    "What is done to the image before each look, drawn anew each time: what an image shows should " +
    "survive it. `--transforms` takes `none`, a list, or `default`, which is Lucid's:",
    fence("text", DEFAULT_TRANSFORMS),
    tableOf(transforms),
    "## Parameterizations",
    "By which numbers the image is changed: `--parameterization`.",
    tableOf(parameterizations),
    "Plugins add to all three: `definePlugin({ objectives, transforms, parameterizations })`, made " +
    "with `defineObjective`, `defineTransform` and `defineParameterization` of the kit.",
  ].join("\n\n");
