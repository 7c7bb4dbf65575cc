/**
 * `deno task fuzz`: the property tests on fresh cases, until one fails or the time is over.
 *
 * ```sh
 * deno task fuzz                                     # every property test once, from a fresh seed
 * deno task fuzz --minutes 30                        # again and again, each round from another seed
 * deno task fuzz tests/core/random_test.ts           # these files only
 * deno task fuzz --seed 123 tests/core/random_test.ts  # what failed, again
 * ```
 */
import { parseArgs } from "node:util";
import { SEED_VARIABLE } from "../_support/property.ts";

const root = new URL("../../", import.meta.url);

/** The files of the tests that take their cases from `_support/property.ts`, in order. */
async function propertyTests(folder = "tests/"): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    const path = folder + name;
    if (isDirectory) found.push(...await propertyTests(`${path}/`));
    else if (/_test\.tsx?$/.test(name) && await isPropertyTest(path)) found.push(path);
  }
  return found.sort();
}

const isPropertyTest = async (path: string) =>
  /^import .* from "[./]+_support\/property\.ts";$/m.test(
    await Deno.readTextFile(new URL(path, root)),
  );

/** Runs a file's tests from a seed and passes on what they print; whether they passed. */
async function passes(file: string, seed: number): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--lock=deno.dev.lock", "--no-check", "--fail-fast", "-A", file],
    cwd: root,
    env: { [SEED_VARIABLE]: String(seed) },
    stdin: "null",
  }).spawn().status;
  return success;
}

/** A seed that nobody chose: a whole number of 31 bits, which needs no sign on a command line. */
const freshSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;

/** What the command line asks for. */
function asked() {
  const options = { minutes: { type: "string" }, seed: { type: "string" } } as const;
  const { values, positionals: files } = parseArgs({ options, allowPositionals: true });
  const minutes = Number(values.minutes ?? 0);
  if (!(minutes >= 0)) throw new Error(`--minutes: a number from 0; found "${values.minutes}"`);
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (seed !== undefined && seed !== (seed & 0x7fffffff)) {
    throw new Error(`--seed: a whole number of 31 bits; found "${values.seed}"`);
  }
  if (seed !== undefined && minutes > 0) {
    throw new Error("--minutes takes a fresh seed each round, --seed is one seed: give either");
  }
  return { files, minutes, seed };
}

/** Fuzzes as asked; the exit code. */
async function main(): Promise<number> {
  const { minutes, seed: wanted, ...given } = asked();
  const files = given.files.length ? given.files : await propertyTests();
  const end = Date.now() + minutes * 60_000;
  let rounds = 0;
  do {
    const seed = wanted ?? freshSeed();
    console.log(`\nround ${++rounds}: seed ${seed}`);
    for (const file of files) {
      if (await passes(file, seed)) continue;
      console.error(`\nseed ${seed} fails; again: deno task fuzz --seed ${seed} ${file}`);
      return 1;
    }
  } while (Date.now() < end);
  console.log(`\nnothing found in ${rounds} ${rounds === 1 ? "round" : "rounds"}`);
  return 0;
}

try {
  Deno.exit(await main());
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  Deno.exit(2);
}
