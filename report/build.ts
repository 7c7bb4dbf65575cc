/** Makes a report: looks at all pictures, and at what they have in common. */
import { shareOf } from "../core/bootstrap.ts";
import { UserError } from "../core/errors.ts";
import { random } from "../core/random.ts";
import type { Values } from "../core/values.ts";
import { encodePng, loadImage } from "../image/mod.ts";
import { unnormalize } from "../image/preprocess.ts";
import { assessTask, type AssessTold, PICTURES } from "../jobs/kinds/assess.ts";
import { choiceOf, type FileChoice } from "../jobs/kind.ts";
import { KeyResults } from "../jobs/results.ts";
import { platform } from "../platform/mod.ts";
import { outputsOf } from "../run/outputs.ts";
import { preparedFor } from "../run/prepared.ts";
import { preprocessOf } from "../run/preprocess.ts";
import { idleChannels, rectifiers } from "./channels.ts";
import type { Assessed, Confusion, Report, Shortcut } from "./data.ts";
import { suspicions } from "./places.ts";
import type { ReportPlan } from "./plan.ts";
import { preparations } from "./prepared.ts";
import { MOST_TRIED, tried } from "./trials.ts";
import type { Shown } from "./tried.ts";

/** So many mistakes, and right answers for wrong reasons, are shown. */
const MOST_SHOWN = 12;
/** Evidence on the thing that is less than its area, by so much, is beside it. */
const BESIDE = 0.7;

/** @throws UserError for a network that gives scores for every place, and where no picture can be looked at. */
export async function buildReport(plan: ReportPlan): Promise<Report> {
  const { model, technique, seed, out, signal, perform, onProgress } = plan;
  const { classes, places } = outputsOf(model);
  if (places.length > 0) {
    throw new UserError(
      `Cannot report on ${model.id}: it ends in a map of ${
        places.join("×")
      } places, and a report is ` +
        "of networks that give one list of classes for a picture.",
      { code: "unsupported" },
    );
  }
  const results = new KeyResults(`${out}/results`);
  const tasks = await Promise.all(
    plan.pictures.map(({ image, mask }) =>
      assessTask({ technique, image, mask, seed, model: choiceOf(model) })
    ),
  );
  const failed = await perform("pictures", tasks, results);
  const bad = [...failed].map(([name, reason]) => ({ name, reason }));
  const pictures: Assessed[] = [], files: FileChoice[] = [];
  await platform.makeFolder(`${out}/pictures`);
  for (const [i, task] of tasks.entries()) {
    const from = await results.find(task);
    if (from === undefined) continue;
    const { image, class: own } = plan.pictures[i], { key } = task;
    const kept = { seen: `pictures/${key}-seen.png`, overlay: `pictures/${key}.png` };
    await platform.copyFile(`${from}/${PICTURES.seen}`, `${out}/${kept.seen}`);
    await platform.copyFile(`${from}/${PICTURES.overlay}`, `${out}/${kept.overlay}`);
    pictures.push({
      ...await results.told(task) as AssessTold,
      name: image.name,
      ...(own !== undefined && { class: own }),
      ...kept,
    });
    files.push(image);
  }
  if (pictures.length === 0) {
    throw new UserError(
      `None of the ${plan.pictures.length} pictures could be looked at. ${bad[0]?.reason ?? ""}`,
    );
  }
  const channels = await idleChannels(model, files, results, perform);
  const known = files.map(({ path }, i) => ({ path, class: pictures[i].class }));
  const prepared = await preparations(model, known, {
    signal,
    onProgress: (step, of) => onProgress("preprocessing", step, of),
  });
  const judged = pictures.filter(({ class: own }) => own !== undefined);
  const beside = besideOf(pictures);
  const right = judged.filter(isRight).length;
  return {
    model: model.id,
    classes,
    technique: technique.id,
    pictures,
    bad,
    strangers: plan.strangers,
    ...(judged.length > 0 && {
      accuracy: { ...shareOf(right, judged.length), count: judged.length },
    }),
    confusions: confusionsOf(judged),
    mistakes: mistakesOf(pictures),
    beside: beside.length,
    wrongReasons: beside.slice(0, MOST_SHOWN),
    shortcuts: await shortcutsOf(plan, pictures, files),
    channels,
    skipped: rectifiers(model).skipped,
    prepared,
  };
}

const isRight = ({ class: own, answers: [best] }: Assessed) => best.label === own;

/** The most frequent first. */
function confusionsOf(judged: readonly Assessed[]): Confusion[] {
  const counts = new Map<string, Confusion>();
  for (const picture of judged) {
    if (isRight(picture)) continue;
    const { class: own, answers: [{ label }] } = picture, key = JSON.stringify([own, label]);
    counts.set(key, { class: own!, answer: label, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

const certainty = ({ answers: [best] }: Assessed) => best.probability ?? best.logit;

/** The most confident first, by their place. */
const mistakesOf = (pictures: readonly Assessed[]): number[] =>
  pictures.map((picture, at) => ({ picture, at }))
    .filter(({ picture }) => picture.class !== undefined && !isRight(picture))
    .sort((a, b) => certainty(b.picture) - certainty(a.picture))
    .slice(0, MOST_SHOWN).map(({ at }) => at);

/** Where there are masks: right answers, or any where classes are not known, with their evidence beside the thing. */
const besideOf = (pictures: readonly Assessed[]): number[] =>
  pictures.map((picture, at) => ({ picture, at, on: picture.onThing }))
    .filter(({ picture, on }) =>
      on && on.evidence < BESIDE * on.area && (picture.class === undefined || isRight(picture))
    )
    .sort((a, b) => a.on!.evidence / a.on!.area - b.on!.evidence / b.on!.area)
    .map(({ at }) => at);

/** Of each suspected class, and of all pictures evenly, as many as trials take; their places, in order. */
function neededFor(classes: readonly string[], pictures: readonly Assessed[]): number[] {
  const all = [...pictures.keys()], every = Math.max(1, all.length / (2 * MOST_TRIED));
  const evenly = all.filter((at) => Math.floor(at / every) !== Math.floor((at - 1) / every));
  const own = classes.flatMap((label) =>
    all.filter((at) => pictures[at].answers[0].label === label).slice(0, MOST_TRIED)
  );
  return [...new Set([...own, ...evenly])].sort((a, b) => a - b);
}

/** Places that are suspected, each tried. */
async function shortcutsOf(
  { model, seed, out, signal, onProgress }: ReportPlan,
  pictures: readonly Assessed[],
  files: readonly FileChoice[],
): Promise<Shortcut[]> {
  const found = suspicions(pictures, random(seed).fork("places"));
  if (found.length === 0) return [];
  const wanted = neededFor(found.map(({ class: label }) => label), pictures), shown: Shown[] = [];
  for (const [n, at] of wanted.entries()) {
    signal.throwIfAborted();
    const { input } = preparedFor(await loadImage(files[at].path), model);
    shown.push({ name: pictures[at].name, input, best: pictures[at].answers[0] });
    onProgress("suspected places", n + 1, wanted.length);
  }
  // pictures that are shown in their own size do not fit together: those of the commonest are tried
  const sizes = Map.groupBy(shown, ({ input }) => `${input.shape}`);
  const [alike] = [...sizes.values()].sort((a, b) => b.length - a.length);
  const shortcuts: Shortcut[] = [], preprocess = preprocessOf(model);
  let saved = 0;
  const save = async (input: Values) => {
    const path = `pictures/tried-${++saved}.png`;
    await platform.writeFile(`${out}/${path}`, await encodePng(unnormalize(input, preprocess)));
    return path;
  };
  for (const suspicion of found) {
    const own = alike.filter(({ best }) => best.label === suspicion.class).length;
    if (own === 0 || own === alike.length) continue;
    const tools = { random: random(seed).fork("trials"), signal, save };
    shortcuts.push(await tried(model, suspicion, alike, tools));
  }
  return shortcuts.sort((a, b) => Number(b.proven) - Number(a.proven));
}
