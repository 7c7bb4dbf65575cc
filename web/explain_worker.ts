/** Explains pictures beside the server for who looks on: answers first, then a map for each technique. */
import { UserError } from "../core/errors.ts";
import { cropBox } from "../image/preprocess.ts";
import { isDiverging } from "../image/colour_maps.ts";
import { encodePng } from "../image/mod.ts";
import { begin } from "../jobs/begin.ts";
import { platform } from "../platform/mod.ts";
import { execute } from "../run/execute.ts";
import { outputsOf } from "../run/outputs.ts";
import { predict } from "../run/predict.ts";
import { preparedFor } from "../run/prepared.ts";
import type { AttributionRun } from "../run/run.ts";
import { saveRun } from "../run/save.ts";
import { techniques } from "../techniques/mod.ts";
import type {
  ExplainNews,
  ExplainOrder,
  MapAnswer,
  Question,
  Subject,
  Told,
} from "./_explained.ts";
import { attributions, learn, runOf, Slow, takesLong } from "./_explain_runs.ts";
import { withActivation, withModel, withSubject } from "./_ready.ts";
import { paintChannel } from "./_channel.ts";
import { inLabels } from "./_say.ts";
import type { ModelChoice } from "./model_choice.ts";

/** Classes that are answered with. */
const ANSWERS = 6;
type Hear = (news: ExplainNews) => void;

const asked = new Map<number, AbortController>();
/** The runs folder. */
let out: string;
let ready: Promise<unknown> = Promise.resolve();
/** What is done before anybody asks. */
let warming: AbortController | undefined;

const mapOf = (
  { technique, map, scale, colors, strength, target, diagnosis, durationMs }: AttributionRun,
): MapAnswer => ({
  type: "map",
  technique: technique.id,
  width: map.shape[1],
  height: map.shape[0],
  map: new Float32Array(map),
  ...scale,
  colors,
  diverging: isDiverging(colors),
  strength,
  target,
  diagnosis: diagnosis.map(inLabels),
  ms: Math.round(durationMs),
});

async function answers(
  { subject }: { readonly subject: Subject },
  signal: AbortSignal,
  hear: Hear,
) {
  await withSubject(subject, async (picture, model) => {
    const ranked = await predict(model, picture, { signal });
    const { picture: seen } = preparedFor(picture, model), { width, height } = picture;
    hear({
      type: "answers",
      width,
      height,
      part: cropBox(picture, model.preprocess),
      seen: { width: seen.width, height: seen.height, rgb: new Uint8Array(seen.data) },
      classes: ranked.slice(0, ANSWERS),
    });
  });
}

const classes = ({ model }: Extract<Question, { kind: "classes" }>, hear: Hear) =>
  withModel(model, (model) => {
    hear({ type: "classes", names: outputsOf(model).classes });
    return Promise.resolve();
  });

const weights = ({ model }: Extract<Question, { kind: "weights" }>, hear: Hear) =>
  withModel(model, ({ weights: { sha256 } }) => {
    hear({ type: "weights", sha256 });
    return Promise.resolve();
  });

async function explain(
  question: Extract<Question, { kind: "maps" | "keep" }>,
  signal: AbortSignal,
  hear: Hear,
) {
  const { patient } = question, all = attributions(question.techniques);
  const { model } = question.subject;
  const [quick, slow] = [false, true].map((is) =>
    all.filter((one) => takesLong(one, model) === is)
  );
  for (const technique of [...patient ? [] : slow, ...quick, ...patient ? slow : []]) {
    const { id } = technique;
    try {
      const run = await runOf(technique, question, signal, patient, (step, of) => {
        if (of > 1) hear({ type: "progress", technique: id, step, of });
      });
      if (question.kind === "maps") hear(mapOf(run));
      else {
        const { manifest } = await saveRun(run, out, { signal });
        hear({ type: "kept", technique: id, run: manifest.id });
      }
    } catch (error) {
      if (error instanceof Slow) hear({ type: "slow", technique: id, steps: error.steps });
      else if (error instanceof UserError && !signal.aborted) {
        hear({ type: "fault", technique: id, message: inLabels(error) });
      } else throw error;
    }
  }
}

async function overlay(
  question: Extract<Question, { kind: "overlay" }>,
  signal: AbortSignal,
  hear: Hear,
) {
  const [technique] = attributions([question.technique]);
  if (!technique) throw new UserError(`${question.technique} explains no picture.`);
  const run = await runOf(technique, question, signal, true, () => {});
  hear({ type: "picture", png: await encodePng(await run.overlay()) });
}

async function layer(
  question: Extract<Question, { kind: "layer" }>,
  signal: AbortSignal,
  hear: Hear,
) {
  await withActivation(question, signal, (activation) => {
    const { shape } = activation, channels = shape.at(-1)!, places = activation.length / channels;
    const means = new Array<number>(channels).fill(0);
    const largest = new Array<number>(channels).fill(-Infinity);
    activation.forEach((v, i) => {
      means[i % channels] += v / places;
      largest[i % channels] = Math.max(largest[i % channels], v);
    });
    hear({ type: "layer", shape, means, largest });
    return Promise.resolve();
  });
}

async function channel(
  question: Extract<Question, { kind: "channel" }>,
  signal: AbortSignal,
  hear: Hear,
) {
  const picture = await withActivation(
    question,
    signal,
    (activation) => paintChannel(activation, question),
  );
  hear({ type: "picture", png: await encodePng(picture) });
}

function perform(question: Question, signal: AbortSignal, hear: Hear): Promise<void> {
  if (question.kind === "answers") return answers(question, signal, hear);
  if (question.kind === "overlay") return overlay(question, signal, hear);
  if (question.kind === "classes") return classes(question, hear);
  if (question.kind === "weights") return weights(question, hear);
  if (question.kind === "layer") return layer(question, signal, hear);
  if (question.kind === "channel") return channel(question, signal, hear);
  return explain(question, signal, hear);
}

const tell = (told: Told) => platform.starter.tell(told);

async function answer(ask: number, question: Question): Promise<void> {
  const controller = new AbortController(), { signal } = controller;
  asked.set(ask, controller);
  warming?.abort();
  try {
    await ready;
    await perform(question, signal, (news) => tell({ type: "news", ask, news }));
    tell({ type: "end", ask });
  } catch (error) {
    const { message, stack } = error as Error;
    if (signal.aborted) tell({ type: "end", ask });
    else if (error instanceof UserError) tell({ type: "failed", ask, message: inLabels(error) });
    else tell({ type: "failed", ask, message, stack });
  } finally {
    asked.delete(ask);
  }
}

/** Loads a model and looks at nothing with it once, so that the first real look is a fast one. */
async function warm(choice: ModelChoice): Promise<void> {
  if (asked.size > 0) return;
  warming?.abort();
  const { signal } = warming = new AbortController();
  await ready;
  await withModel(choice, async (model) => {
    const image = { width: 8, height: 8, data: new Uint8ClampedArray(8 * 8 * 3).fill(128) };
    await predict(model, image, { signal });
    for (const technique of techniques) {
      if (technique.kind !== "attribution") continue;
      const steps = execute(technique, { model, image, signal });
      const first = await steps.next();
      if (!first.done) learn(technique, choice, first.value.of);
      await steps.return(undefined as never);
    }
  });
}

platform.starter.hear((message) => {
  const order = message as ExplainOrder;
  if (order.type === "start") {
    out = order.out;
    ready = begin(order);
    // told with the first question
    ready.catch(() => {});
  } else if (order.type === "prepare") {
    // what goes wrong is told to who asks
    warm(order.model).catch(() => {});
  } else if (order.type === "ask") {
    answer(order.ask, order.question);
  } else if (order.type === "stop") {
    asked.get(order.ask)?.abort();
  } else {
    for (const controller of asked.values()) controller.abort();
    warming?.abort();
    platform.starter.leave();
  }
});
