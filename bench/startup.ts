/** How long does a command take that does next to nothing? From its call to its end; the best of some. */
import { run } from "./_command.ts";
import { took } from "./_measure.ts";
import type { Found, Question } from "./_question.ts";

const PICTURE = "examples/images/cat-4.png";

/** Each so often in a round; other programs only ever make one slower. */
const TIMES = 3;

export const question: Question = {
  asks: "How long does a command take that does next to nothing?",
  async *rows({ repeats }): AsyncGenerator<Found> {
    const runs = await Deno.makeTempDir();
    const phosphene = (...args: string[]) => ["run", "--no-check", "-A", "cli.ts", ...args];
    const commands: Readonly<Record<string, readonly string[]>> = {
      "Deno alone": ["eval", "0"],
      "phosphene --version": phosphene("--version"),
      "phosphene --help": phosphene("--help"),
      "phosphene techniques": phosphene("techniques"),
      "phosphene models": phosphene("models"),
      "phosphene doctor": phosphene("doctor"),
      "phosphene saliency": phosphene("saliency", PICTURE, "--out", runs),
    };
    try {
      const best = new Map<string, number>();
      for (let round = 0; round < TIMES * repeats; round++) { // in turns
        for (const [name, args] of Object.entries(commands)) {
          best.set(name, Math.min(best.get(name) ?? Infinity, await took(() => run(args))));
        }
      }
      for (const [name, ours] of best) yield { case: name, ours, unit: "ms" };
    } finally {
      await Deno.remove(runs, { recursive: true });
    }
  },
};
