/** How a question is asked: its sides in processes of their own, in turns. */
import { findPython } from "../training/python.ts";
import { median } from "./_measure.ts";
import type { Bench, Figures, Measure, Settings } from "./_question.ts";

const here = (name: string) => new URL(name, import.meta.url).pathname;

/** Runs a program to its end; its last line is what it found. */
async function figuresOf(program: string, args: string[], env = {}): Promise<Figures> {
  const { stdout, success } = await new Deno.Command(program, { args, env, stderr: "inherit" })
    .output();
  if (!success) throw new Error(`It failed: ${[program, ...args].join(" ")}`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

/** A side of ours. */
function ownSide(question: string, side: string, argument: unknown, settings: Settings): Measure {
  const args = ["run", `--lock=${here("../deno.dev.lock")}`, "--no-check", "-A", here("_side.ts")];
  const told = [question, side, JSON.stringify(argument), JSON.stringify(settings)];
  return () => figuresOf(Deno.execPath(), [...args, ...told]);
}

/** PyTorch's side, started by a Python. */
const torchIn = (python: string, request: unknown, threads: number): Promise<Figures> =>
  figuresOf(python, [here("_torch.py"), JSON.stringify({ ...request as object, threads })], {
    OMP_NUM_THREADS: String(threads),
  });

/** Python with PyTorch, if any; what is to be known of it is said. */
async function lookForTorch(): Promise<string | undefined> {
  const python = await findPython(["torch", "torchvision"]);
  if (!python) {
    console.error("python3 has no torch and torchvision here: no peer");
  } else if ((await torchIn(python, { ask: "blas" }, 1)).fast === 0) {
    console.error(
      "PyTorch multiplies with the reference BLAS here and is no fair peer: install OpenBLAS " +
        "(libopenblas0-pthread)",
    );
  }
  return python;
}

let python: Promise<string | undefined> | undefined;

/** PyTorch, where it is there. */
async function torchSide(request: unknown, threads: number): Promise<Measure | undefined> {
  const found = await (python ??= lookForTorch());
  return found === undefined ? undefined : () => torchIn(found, request, threads);
}

/** The median of each figure. */
function medians(all: readonly Figures[]): Figures {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(all.map((one) => one[name]))]));
}

/** What a question is asked with. */
export function benchFor(question: string, settings: Settings): Bench {
  return {
    ...settings,
    side: (name, argument, other) => ownSide(question, name, argument, { ...settings, ...other }),
    torch: async (request, threads = settings.threads) =>
      settings.peer ? await torchSide(request, threads) : undefined,
    async inTurns(sides, rounds = settings.repeats) {
      const found: Partial<Record<string, Figures[]>> = {};
      for (let round = 0; round < rounds; round++) {
        for (const [name, measure] of Object.entries<Measure | undefined>(sides)) {
          if (measure) (found[name] ??= []).push(await measure());
        }
      }
      return Object.fromEntries(
        Object.entries(found).map(([name, all]) => [name, medians(all!)]),
      ) as Partial<Record<keyof typeof sides, Figures>>;
    },
    note: (sentence) => console.error(sentence),
  };
}
