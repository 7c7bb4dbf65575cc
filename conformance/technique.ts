/** What every technique owes to whoever runs it, on every kind of network. */
import { UserError } from "../core/errors.ts";
import {
  fieldOfRole,
  type OptionField,
  optionFields,
  type OptionRole,
  optionsByRole,
  parseOptions,
} from "../core/options.ts";
import { sizeOf } from "../core/values.ts";
import { useBackend } from "../engine/runtime.ts";
import { execute, type Run, type RunRequest } from "../run/execute.ts";
import type { Model } from "../run/model.ts";
import type { AttributionTechnique, Progress, Technique } from "../run/technique.ts";
import type { Check } from "./check.ts";
import { expect, finite, refusal, sameNumbers } from "./expect.ts";
import { picture, type Small } from "./networks.ts";
import {
  abortingAt,
  numTensors,
  quickOptions,
  rawOf,
  requestOf,
  runAll,
  takesPicture,
} from "./running.ts";

/** A technique on a small network. */
export interface TechniqueCase {
  readonly technique: Technique;
  readonly small: Small;
  /** Its weights are on the backend `wasm` once a run has used them. */
  readonly model: Model;
}

/** Fails where tensors are left that were not there before. */
function nothingLeft(before: number, after: string): void {
  const left = numTensors() - before;
  expect(left === 0, `${left} tensors are left ${after}`);
}

/** Progress that grows to its end. */
export function checkProgress(progress: readonly Progress[]): void {
  expect(progress.length > 0, "it yields no progress");
  let before = 0;
  for (const { step, of, loss } of progress) {
    expect(Number.isInteger(step) && Number.isInteger(of), `step ${step} of ${of} is not whole`);
    expect(step > before && step <= of, `step ${step} of ${of} came after ${before}`);
    expect(of === progress[0].of, `the number of steps changed from ${progress[0].of} to ${of}`);
    expect(loss === undefined || Number.isFinite(loss), `a loss is ${loss}`);
    before = step;
  }
  const { step, of } = progress.at(-1)!;
  expect(step === of, `the last progress is step ${step} of ${of}`);
}

/** A result of the right shapes, of numbers that are finite. */
export function checkRun(run: Run, { width, height }: Small): void {
  expect(
    run.diagnosis.every((note) => typeof note === "string" && note.length > 0),
    "a sentence of the diagnosis is empty",
  );
  if ("map" in run) {
    const { shape } = run.attribution;
    expect(`${run.map.shape}` === `${[height, width]}`, `the map's shape is [${run.map.shape}]`);
    expect(run.attribution.length === sizeOf(shape), `the attribution is not [${shape}]`);
    expect(shape.length === 2 || shape.length === 3, `the attribution's shape is [${shape}]`);
    finite(run.attribution, "attribution");
    run.map.forEach((v, i) => expect(v >= 0 && v <= 1, `map[${i}] is ${v}`));
    expect(run.strength >= 0 && run.strength <= 1, `overlay is ${run.strength}`);
    expect(run.map.some((v) => v > 0), "the map is empty");
    return;
  }
  const { image, final, losses } = run, [, , channels] = run.model.network.graph.input.shape;
  expect(
    `${image.shape}` === `${[final.height, final.width, channels]}`,
    `the image's shape is [${image.shape}], its picture's ${final.height}×${final.width}`,
  );
  finite(image, "image");
  finite(losses, "loss");
  expect(losses.length > 0, "there is no loss");
}

/** Looked at on every small network. */
export const ON_EVERY: readonly Check<TechniqueCase>[] = [
  {
    name: "sound, repeatable, nothing left",
    async look({ technique, small, model }) {
      await useBackend("wasm");
      const request = requestOf(technique, small, model), levels = request.image?.data.slice();
      const { run, progress } = await runAll(technique, request);
      checkProgress(progress);
      checkRun(run, small);
      const changed = levels?.findIndex((level, i) => level !== request.image!.data[i]) ?? -1;
      expect(changed < 0, "it changes the picture that it is given");
      const before = numTensors(), again = await runAll(technique, request);
      nothingLeft(before, "after a run");
      sameNumbers(rawOf(again.run), rawOf(run), "the same seed gives other numbers");
    },
  },
];

/** The same attribution, held to leave alone what it is given. */
function watched(technique: AttributionTechnique): AttributionTechnique {
  return {
    ...technique,
    async *run(context) {
      const { input, picture } = context.image;
      const before = [Float32Array.from(input.dataSync()), picture.data.slice()];
      const result = yield* technique.run(context);
      const after = [await input.data<"float32">(), picture.data];
      for (const [i, what] of ["image.input", "image.picture"].entries()) {
        expect(before[i].every((v, at) => Object.is(v, after[i][at])), `it changes ${what}`);
      }
      return result;
    },
  };
}

/** The same technique, held to give its signal to whatever it asks of the network. */
function signalling(technique: Technique): Technique {
  const run = async function* (context: { model: Model; signal?: AbortSignal }) {
    const { signal } = context, { network } = context.model;
    const asked = new Proxy(network, {
      get(target, name) {
        const member = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          expect(
            !ASKING.includes(String(name)) ||
              args.some((arg) =>
                arg === signal || (arg as { signal?: unknown })?.signal === signal
              ),
            `it does not pass its signal on to network.${String(name)}`,
          );
          return member.apply(target, args);
        };
      },
    });
    return yield* (technique.run as (given: unknown) => AsyncGenerator<Progress>)(
      { ...context, model: { ...context.model, network: asked } },
    );
  };
  return { ...technique, run } as unknown as Technique;
}
/** What takes long of a network. */
const ASKING = ["logits", "forward", "gradient"];

/** The same attribution, held to be the gradient that it says. */
function declared(technique: AttributionTechnique): AttributionTechnique {
  return {
    ...technique,
    async *run(context) {
      const result = yield* technique.run(context),
        { rules, timesInput, colors } = technique.gradient!;
      const { image: { input }, model: { network }, target: { objective }, signal } = context;
      const { gradients } = await network.gradient(input, objective, { rules: rules?.(), signal });
      const image = await input.data<"float32">();
      const gradient = Array.from(await gradients.input.data<"float32">());
      const said = gradient.map((v, i) => timesInput ? v * image[i] : v);
      const most = Math.max(...said.map(Math.abs)), { attribution } = result;
      expect(attribution.length === said.length, "it is not as large as its `gradient`");
      const off = said.reduce((off, v, i) => Math.max(off, Math.abs(v - attribution[i])), 0);
      expect(off <= 1e-5 * most, `it is not its \`gradient\`: ${off} off, of ${most}`);
      expect(result.colors === colors, `its colours are ${result.colors}, not ${colors}`);
      return result;
    },
  };
}

/** Looked at on one small network. */
export const ON_ONE: readonly Check<TechniqueCase>[] = [
  {
    name: "is the gradient that it says",
    async look({ technique, small, model }) {
      if (technique.kind !== "attribution" || !technique.gradient) return;
      await useBackend("wasm");
      await runAll(declared(technique), requestOf(technique, small, model));
    },
  },
  {
    name: "leaves the input and the picture as they are",
    async look({ technique, small }) {
      if (technique.kind !== "attribution") return;
      await useBackend("cpu"); // there, what is read of a tensor is the tensor's own
      const model = small.model();
      try {
        await runAll(watched(technique), requestOf(technique, small, model));
      } finally {
        model.network.dispose();
        await useBackend("wasm");
      }
    },
  },
  {
    name: "describes itself, and every option",
    look({ technique, small }) {
      const { id, title, summary, caution, paper } = technique;
      expect(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id), `id "${id}" is not in kebab case`);
      for (const [field, text] of Object.entries({ title, summary, caution })) {
        expect(text.trim().length > 3, `${field} says nothing`);
      }
      expect(!summary.includes("\n"), "summary is more than a line");
      expect(/\d{4}/.test(paper.citation), "paper.citation names no year");
      expect(/^https:\/\//.test(paper.url), "paper.url does not begin with https://");
      expect(paper.equation.length > 3, "paper.equation says nothing");
      for (const { name, flag, description } of optionFields(technique.options)) {
        expect(description.length > 3, `options.${name} has no description`);
        expect(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(flag), `options.${name} makes no flag`);
      }
      parseOptions(technique.options, quickOptions(technique, small), id);
    },
  },
  {
    name: "the same seed gives the same numbers on cpu, and all but the same as on wasm",
    async look({ technique, small, model }) {
      await useBackend("wasm");
      const wasm = rawOf((await runAll(technique, requestOf(technique, small, model))).run);
      await useBackend("cpu");
      const own = small.model(), request = requestOf(technique, small, own);
      try {
        const [a, b] = [await runAll(technique, request), await runAll(technique, request)];
        sameNumbers(rawOf(a.run), rawOf(b.run), "the same seed gives other numbers");
        for (const [name, numbers] of Object.entries(rawOf(a.run))) {
          expect(
            `${numbers.shape}` === `${wasm[name].shape}`,
            `${name} has another shape on cpu than on wasm`,
          );
        }
      } finally {
        own.network.dispose();
        await useBackend("wasm");
      }
    },
  },
  {
    name: "an abort at any point is heard and leaves nothing",
    async look({ technique, small, model }) {
      await useBackend("wasm");
      const request = requestOf(technique, small, model), whole = abortingAt(Infinity);
      await runAll(technique, { ...request, signal: whole.signal });
      const calls = whole.calls(), before = numTensors();
      expect(calls > 10, "it does not pass its signal on to the passes");
      const heard = new AbortController().signal;
      await runAll(signalling(technique), { ...request, signal: heard });
      const points = [1, 2, ...[0.2, 0.4, 0.6, 0.8].map((share) => Math.ceil(share * calls))];
      for (const point of points) {
        const { signal, reason } = abortingAt(point);
        const error = await refusal(() => runAll(technique, { ...request, signal }), "an abort");
        expect(error === reason, `an abort ends in "${(error as Error).message}"`);
        nothingLeft(before, `after an abort at check ${point} of ${calls}`);
      }
      const reason = new Error("before"), signal = AbortSignal.abort(reason);
      const error = await refusal(() => runAll(technique, { ...request, signal }), "an abort");
      expect(error === reason, "an abort before the start is not heard");
    },
  },
  {
    name: "a consumer that stops early leaves nothing",
    async look({ technique, small, model }) {
      await useBackend("wasm");
      const request = requestOf(technique, small, model);
      await runAll(technique, request);
      const before = numTensors(), steps = execute(technique, request);
      await steps.next();
      await steps.return(undefined as unknown as Run);
      nothingLeft(before, "after a consumer that stopped");
      await runAll(technique, request); // the next run's turn has come
      nothingLeft(before, "after the run behind it");
    },
  },
  {
    name: "the user's mistakes are told and leave nothing",
    async look({ technique, small, model }) {
      await useBackend("wasm");
      const request = requestOf(technique, small, model), { options: schema } = technique;
      await runAll(technique, request);
      const before = numTensors();
      const refused = async (change: Partial<RunRequest>, told: RegExp, what: string) => {
        const error = await refusal(() => runAll(technique, { ...request, ...change }), what);
        expect(error instanceof UserError, `${what} ends in ${error}`);
        expect(told.test(error.message), `${what} is told as "${error.message}"`);
        nothingLeft(before, `after ${what}`);
      };
      const options = (more: object) => ({ options: { ...request.options, ...more } });
      const byRole = (role: OptionRole, value: unknown) =>
        options(optionsByRole(schema, { [role]: value }));
      await refused(options({ leyer: 1 }), /no option "leyer"/, "an option that there is not");
      if (fieldOfRole(schema, "layer")) {
        const told = /There is no layer .*nearest: /;
        await refused(byRole("layer", `${small.layer}7x`), told, "a layer that there is not");
      }
      if (fieldOfRole(schema, "channel")) {
        const told = /channel 100000.*0 to/;
        await refused(byRole("channel", 100_000), told, "a channel that there is not");
      }
      if (fieldOfRole(schema, "class")) {
        await refused(byRole("class", 99), /no class 99.*0 to /, "a class that there is not");
        await refused(byRole("class", "dog"), /no class "dog"/, "a name that no class has");
      }
      if (technique.kind === "attribution" || technique.picture === "required") {
        await refused({ image: undefined }, /needs a picture to /, "a run without a picture");
      }
      if (!takesPicture(technique)) {
        await refused({ image: picture(9, 9) }, /takes no picture/, "a picture");
      }
    },
  },
  {
    name: "refuses what its options cannot be",
    look({ technique }) {
      for (const field of optionFields(technique.options)) checkMisfits(technique, field);
    },
  },
  {
    name: "shows itself",
    async look({ technique, small, model }) {
      const { run } = await runAll(technique, requestOf(technique, small, model));
      const { width, height } = await run.figure();
      expect(width > 0 && height > 0, "its figure is empty");
      await run.picture();
      if ("map" in run) await run.overlay();
    },
  },
];

/** Fails where an option takes what it cannot be, or refuses it in other words than ours. */
export function checkMisfits({ id, options }: Technique, field: OptionField): void {
  for (const bad of misfits(field)) {
    const what = `\`${field.name}\` as ${JSON.stringify(bad) ?? bad}`;
    let error: unknown;
    try {
      parseOptions(options, { [field.name]: bad }, id);
    } catch (thrown) {
      error = thrown;
    }
    expect(error, `it takes ${what}`);
    expect(error instanceof UserError, `${what} ends in ${error}`);
    const { code, option, message } = error;
    expect(code === "bad-option" && option === field.name, `${what} is told as ${code}`);
    expect(message.includes(`\`${field.name}\``), `${what} is told as "${message}"`);
  }
}

/** Values that an option must not take. */
function misfits({ type, minimum, maximum, choices }: OptionField): unknown[] {
  const wrong: unknown[] = [{}, null];
  if (type === "number" || type === "integer") wrong.push("many", NaN, Infinity, true);
  if (type === "integer") wrong.push(1.5);
  if (type === "boolean") wrong.push("maybe", 1);
  if (type === "list") wrong.push("one");
  if (minimum !== undefined) wrong.push(minimum - 1);
  if (maximum !== undefined) wrong.push(maximum + 1);
  if (choices) wrong.push(`${choices[0]}!`);
  return wrong;
}
