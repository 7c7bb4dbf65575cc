/** From pictures, techniques, classes and values of options to tasks: each with each. */
import { nearestHint, UserError } from "../core/errors.ts";
import { fieldOfRole, optionFields, parseOptions, readFlag } from "../core/options.ts";
import { option } from "../core/say.ts";
import { words } from "../core/text.ts";
import { pictureFile } from "../image/mod.ts";
import { modelIds } from "../models/mod.ts";
import { platform } from "../platform/mod.ts";
import type { LoadedWith, Model } from "../run/model.ts";
import type { AttributionTechnique } from "../run/technique.ts";
import { choiceOf } from "./kind.ts";
import { explainTask } from "./kinds/explain.ts";
import type { Task } from "./task.ts";

/** A technique with a choice of options. */
export interface Variant {
  readonly technique: AttributionTechnique;
  /** Every option, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What was chosen of them: `samples 10`. */
  readonly label: string;
}

/** What is varied. */
export interface Varied {
  readonly techniques: readonly AttributionTechnique[];
  /** Numbers or names; none: the predicted one. */
  readonly classes: readonly string[];
  /** Name of an option → its values as texts. It is for those techniques that have it. */
  readonly settings: ReadonlyMap<string, readonly string[]>;
}

/**
 * Each technique with each class and each value of its options.
 *
 * @throws UserError for an option that none of them has, a value that does not fit, and classes where
 * one explains only the predicted one.
 */
export function variantsOf({ techniques, classes, settings }: Varied): readonly Variant[] {
  const known = new Set(techniques.flatMap(({ options }) => Object.keys(options.shape)));
  for (const name of settings.keys()) {
    if (known.has(name)) continue;
    throw new UserError(
      `None of ${techniques.map(({ id }) => id).join(", ")} has an option "${name}"; ` +
        `${nearestHint(name, known)}.`,
      { code: "unknown-option", option: name },
    );
  }
  return techniques.flatMap((technique) => {
    const axes = optionFields(technique.options).filter(({ name }) => settings.has(name))
      .map((field) => settings.get(field.name)!.map((text) => [field.name, readFlag(field, text)]));
    const field = fieldOfRole(technique.options, "class");
    if (classes.length && !field) {
      throw new UserError(
        `Cannot explain ${
          option("classes")
        } by ${technique.id}: it only explains the predicted one.`,
        { code: "bad-option", option: "classes" },
      );
    }
    if (classes.length) axes.push(classes.map((wanted) => [field!.name, wanted]));
    return product(axes).map((chosen) => ({
      technique,
      options: parseOptions(technique.options, Object.fromEntries(chosen), technique.id),
      label: chosen.map(([name, value]) => `${words(String(name))} ${value}`).join(", "),
    }));
  });
}

/** One of each list, in every combination. */
const product = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  lists.reduce<readonly (readonly T[])[]>(
    (before, list) => before.flatMap((chosen) => list.map((one) => [...chosen, one])),
    [[]],
  );

/** What is to be explained. */
export interface ExplainPlan {
  readonly model: Model;
  readonly variants: readonly Variant[];
  /** What is explained, where it is more than a class. */
  readonly target?: string;
  readonly seed: number;
  /** Paths. */
  readonly pictures: readonly string[];
  /** Called with a sentence on a picture that cannot be read: it is left out. */
  onLeftOut(sentence: string): void;
  onProgress(picture: number): void;
}

/** The tasks of a plan. Files are named by their whole paths: a job may be run from anywhere. */
export async function* explainTasks(plan: ExplainPlan): AsyncGenerator<Task> {
  const { target, seed } = plan, { loaded, ...rest } = choiceOf(plan.model);
  const model = { ...rest, loaded: await wherever(loaded) };
  for (const [i, given] of plan.pictures.entries()) {
    let file: Awaited<ReturnType<typeof pictureFile>>;
    try {
      file = await pictureFile(given);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      plan.onLeftOut(error.message);
      continue;
    }
    const image = { name: file.name, path: await platform.realPath(given), sha256: file.sha256 };
    for (const { technique: { id: technique }, options, label } of plan.variants) {
      const made = { technique, options, target: target?.trim(), seed, image, model };
      yield await explainTask(made, label);
    }
    plan.onProgress(i + 1);
  }
}

/** The whole path of a file, from wherever it is named; anything else as it is. */
export const wholePath = async (named: string): Promise<string> =>
  await platform.exists(named) ? await platform.realPath(named) : named;

/** What loads a model from whatever folder. */
async function wherever(loaded: LoadedWith): Promise<LoadedWith> {
  const whole = async <T>(path: T) =>
    typeof path === "string" && !modelIds().includes(path) ? await wholePath(path) as T : path;
  const { id, weights, labels } = loaded;
  return {
    ...loaded,
    id: await whole(id),
    weights: await whole(weights),
    labels: await whole(labels),
  };
}
