/** The model cards: what a built-in network is, how it was made, how good it is. */
import { SIZE } from "./pictures.ts";
import { CLASSES } from "../world/scene.ts";
import { percent } from "../core/text.ts";
import { platform } from "../platform/mod.ts";

/** How a network does on a held-out set. */
export interface Score {
  /** The share of right answers, 0..1. */
  readonly accuracy: number;
  /** How often each class (row) was taken for each (column). */
  readonly confusion: readonly (readonly number[])[];
}

/** What train.py tells of a training. */
export interface Report {
  readonly architecture: Readonly<Record<string, unknown>>;
  readonly preprocess: Readonly<Record<string, unknown>>;
  readonly parameters: number;
  readonly pictures: number;
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly attack: number;
  readonly seed: number;
  readonly minutes: number;
  readonly normal: Score;
  readonly hard: Score;
}

/** Writes the card of the network `name` as Markdown. */
export async function card(
  name: string,
  report: Report,
  weights: Uint8Array,
): Promise<string> {
  const digest = await platform.sha256(weights);
  const share = (right: number) => percent(right, 1);
  const of = ({ confusion }: Score, i: number) =>
    share(confusion[i][i] / confusion[i].reduce((a, b) => a + b, 0));
  const held = report.normal.confusion.flat().reduce((a, b) => a + b, 0);
  const rows = CLASSES.map((label, i) =>
    `| ${i} | ${label} | ${of(report.normal, i)} | ${of(report.hard, i)} |`
  );
  return `# ${name}

A small network that tells ${CLASSES.length} drawn things apart: ${
    CLASSES.join(", ")
  }. It comes with
Phosphene so that every technique can be tried without a download, and so that explanations can be
checked against masks that are known exactly.

| | |
|---|---|
| file | \`${name}.safetensors\`, F16, ${weights.length} bytes, ${report.parameters} parameters |
| SHA-256 | \`${digest}\` |
| layers | \`${JSON.stringify(report.architecture)}\` |
| preprocessing | \`${JSON.stringify(report.preprocess)}\` |
| licence | that of the project; the pictures are the project's own |

The layers, the preprocessing and the labels are in the file's metadata too (\`architecture\`,
\`preprocess\`, \`labels\`, each JSON).

## Data

${report.pictures} pictures of ${SIZE} × ${SIZE} pixels, drawn by \`world/\` from the seeds 0 to
${report.pictures - 1}: the classes in turn, two normal pictures and then a hard one (more clutter,
smaller and more hidden subjects). Place, size, palette, light, ground, distractors and occluder
follow from the seed alone and not from the class, so that only the subject's form tells the class.

## Training

In PyTorch (\`training/train.py\`), because TensorFlow.js would take hours on two cores; the drawing is
TypeScript. ${report.steps} steps of ${report.batch} pictures, stochastic gradient descent (momentum
0.9, Nesterov, rate ${report.rate} with warm-up and cosine, weight decay 5e-4), label smoothing 0.05;
pictures are mirrored and get noise. After three tenths of the steps every picture is moved against
the network by up to ${report.attack} of the input's −1..1 (fast adversarial training, Wong et al.
2020): networks that withstand this have features that people recognize (Engstrom et al. 2019), which
is what DeepDream and filter visualization need. Seed ${report.seed}; ${report.minutes} minutes on two
shared cores.

\`\`\`sh
deno task train   # draws, trains, judges; needs python3 with torch and numpy
\`\`\`

The same seed draws the same pictures everywhere; weights differ in the last digits with the
machine's arithmetic.

## Accuracy

On ${held} normal and as many hard pictures of seeds that it never saw, with the weights as they are
in the file:

| | class | normal | hard |
|---|---|---|---|
| | **all** | **${share(report.normal.accuracy)}** | **${share(report.hard.accuracy)}** |
${rows.join("\n")}

Most frequent mistakes: ${mistakes(report)}.

## Limits

It knows drawn pictures only: what it says of a photograph means nothing. It always names one of its
${CLASSES.length} classes, also where none is there. Subjects smaller than a fifth of the picture's
side, upside-down cats, houses, trees, mushrooms and snails, and several subjects in one picture were
not in its training. Other picture sizes work, but what it has learned has a size in pixels.
`;
}

/** The three most frequent mistakes of both sets together. */
function mistakes({ normal, hard }: Report): string {
  const found = CLASSES.flatMap((truth, i) =>
    CLASSES.map((answer, j) => ({
      text: `${truth} taken for ${answer}`,
      count: i === j ? 0 : normal.confusion[i][j] + hard.confusion[i][j],
    }))
  ).filter(({ count }) => count > 0).sort((a, b) => b.count - a.count).slice(0, 3);
  return found.map(({ text, count }) => `${text} (${count})`).join(", ") || "none";
}
