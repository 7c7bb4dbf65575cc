/**
 * Makes the built-in networks again: draws the pictures, trains both networks on them (train.py, for
 * PyTorch), judges them by held-out pictures, writes weights and model cards. Interrupted, it goes on
 * where it was.
 */
import { Command, InvalidArgumentError } from "../deps/commander.ts";
import { SingleBar } from "../deps/cli_progress.ts";
import { encodePng } from "../image/mod.ts";
import { UserError } from "../core/errors.ts";
import { useBackend } from "../engine/runtime.ts";
import { selfDescribed } from "../models/builtin.ts";
import { confusionPicture } from "./confusion.ts";
import { card, type Report } from "./card.ts";
import { evaluate } from "./evaluate.ts";
import { drawSet, type PictureSet } from "./pictures.ts";
import { HELD_OUT } from "../world/held_out.ts";
import { CANDIDATES, findPython } from "./python.ts";
import { CLASSES } from "../world/scene.ts";
import { percent } from "../core/text.ts";

/** What each network is trained with; train.py knows its layers. */
const RECIPES = {
  resnet: { steps: 1800, attack: 0.06 },
  vgg: { steps: 1800, attack: 0.1 },
};
type Family = keyof typeof RECIPES;
const FAMILIES = Object.keys(RECIPES) as Family[];

interface TrainOptions {
  readonly only?: Family;
  readonly steps?: number;
  readonly pictures: number;
  readonly heldOut: number;
  readonly seed: number;
  readonly out: string;
  readonly work: string;
}

/** Trains the networks that the options name and writes what comes of it. */
async function train(options: TrainOptions): Promise<void> {
  const python = await pythonWithTorch();
  await Deno.mkdir(options.work, { recursive: true });
  await Deno.mkdir(options.out, { recursive: true });
  const { pictures: count, heldOut } = options;
  await ready(options.work, "train", { count, seed: 0, difficulty: "mixed" });
  for (const family of options.only ? [options.only] : FAMILIES) {
    const name = `phosphene-${family}`, made = `${options.work}/${name}.safetensors`;
    const { steps, attack } = RECIPES[family];
    await call(python, {
      family,
      data: options.work,
      labels: CLASSES.join(","),
      out: made,
      steps: options.steps ?? steps,
      attack,
      seed: options.seed,
    });
    const weights = await Deno.readFile(made);
    const course = JSON.parse(await Deno.readTextFile(`${made}.json`));
    const report: Report = { ...course, ...await judge(weights, name, heldOut) };
    for (const set of ["normal", "hard"] as const) {
      const picture = confusionPicture(report[set].confusion);
      await Deno.writeFile(`${options.work}/${name}.${set}.png`, await encodePng(picture));
    }
    await Deno.writeFile(`${options.out}/${name}.safetensors`, weights);
    await Deno.writeTextFile(`${options.out}/${name}.md`, await card(name, report, weights));
    console.log(`${options.out}/${name}.safetensors (confusion matrices in ${options.work})`);
  }
}

/** Shows the network, as its file has it, pictures that it has never seen. */
async function judge(
  weights: Uint8Array,
  name: string,
  count: number,
): Promise<Pick<Report, "normal" | "hard">> {
  await useBackend();
  const model = await selfDescribed(weights, name, name);
  const score = async (difficulty: "normal" | "hard") => {
    const bar = barOf(`judging ${name} on ${difficulty} pictures`);
    bar.start(count, 0);
    const set = { count, seed: HELD_OUT, difficulty };
    const found = await evaluate(model, set, (done) => bar.update(done));
    bar.stop();
    console.error(`${difficulty}: ${percent(found.accuracy, 1)} right`);
    return found;
  };
  const judged = { normal: await score("normal"), hard: await score("hard") };
  model.network.dispose();
  return judged;
}

/** Draws a set unless it is there already. */
async function ready(folder: string, name: string, set: PictureSet): Promise<void> {
  const file = `${folder}/${name}.rgb`, made = `${folder}/${name}.json`;
  const wanted = JSON.stringify(set);
  if (await Deno.readTextFile(made).catch(() => "") === wanted) return;
  const bar = barOf(`drawing ${name}`);
  bar.start(set.count, 0);
  await drawSet(file, set, (drawn) => bar.update(drawn));
  bar.stop();
  await Deno.writeTextFile(made, wanted);
}

const barOf = (title: string) =>
  new SingleBar({
    format: `${title} [{bar}] {value}/{total}  {eta_formatted} left`,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  });

/** The first Python that has PyTorch. */
async function pythonWithTorch(): Promise<string> {
  const python = await findPython(["numpy", "torch"]);
  if (python) return python;
  throw new UserError(
    `Cannot train: neither ${CANDIDATES.join(" nor ")} can import numpy and torch; ` +
      `Debian has them as python3-torch.`,
  );
}

/** Runs train.py; an interrupt is left to it, so that it can save its state. */
async function call(python: string, flags: Record<string, string | number>): Promise<void> {
  const script = new URL("train.py", import.meta.url).pathname;
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
  const leave = () => {};
  Deno.addSignalListener("SIGINT", leave);
  // threads that wait must sleep: spinning, they starve each other where cores are shared
  const env = { OMP_WAIT_POLICY: "PASSIVE" };
  const child = new Deno.Command(python, { args: [script, ...args], env }).spawn();
  const { code } = await child.status;
  Deno.removeSignalListener("SIGINT", leave);
  if (code === 130) Deno.exit(130);
  if (code !== 0) throw new Error(`train.py ended with ${code}`);
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("a whole number is needed.");
  return Number(text);
}

function family(text: string): Family {
  if (!Object.hasOwn(RECIPES, text)) throw new InvalidArgumentError(FAMILIES.join(" or "));
  return text as Family;
}

if (import.meta.main) {
  const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
  const command = new Command("deno task train")
    .description("Draws pictures, trains the built-in networks on them, writes weights and cards.")
    .option("--only <family>", `train one network: ${FAMILIES.join(" or ")}`, family)
    .option("--steps <n>", "training steps (default: each network's own)", whole)
    .option("--pictures <n>", "training pictures", whole, 40_000)
    .option("--held-out <n>", "held-out pictures of each difficulty", whole, 2000)
    .option("--seed <n>", "seed of the training", whole, 0)
    .option("--out <dir>", "where weights and cards go", "models/builtin")
    .option(
      "--work <dir>",
      "where pictures and checkpoints lie",
      `${temporary}/phosphene-training`,
    );
  try {
    await train(command.parse(Deno.args, { from: "user" }).opts<TrainOptions>());
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
