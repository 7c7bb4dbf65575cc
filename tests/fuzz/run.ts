/**
 * `deno task fuzz`: the property tests on fresh cases, then campaigns against each parser, and programs
 * that are killed while they save; until something fails, or the time is over.
 *
 * ```sh
 * deno task fuzz                                     # every property test once, from a fresh seed
 * deno task fuzz --minutes 30                        # those again and again, then all campaigns
 * deno task fuzz --minutes 30 --only weights,tfjs    # these campaigns alone
 * deno task fuzz --inputs 200000 --only images       # as many inputs as that, however long it takes
 * deno task fuzz --only weights --seed 123           # the input that failed, again
 * deno task fuzz tests/core/random_test.ts           # these files only
 * deno task fuzz --seed 123 tests/core/random_test.ts  # what failed, again
 * ```
 *
 * A campaign's inputs follow from their numbers: each is read in a thread that another one watches,
 * and counts as a failure where it throws anything but a `UserError` of one line, or takes more than
 * 2 s or 1 GB, also when it is read again alone.
 */
import { parseArgs } from "node:util";
import { SEED_VARIABLE } from "../_support/property.ts";
import { campaign, type Failure, type Findings } from "./_campaign.ts";
import { killCampaign, type KillFindings } from "./_kill.ts";
import { KINDS } from "./_target.ts";

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

const PROPERTIES = "properties", KILL = "kill";
const ALL: readonly string[] = [PROPERTIES, ...KINDS, KILL];

/** What the command line asks for. */
function asked() {
  const { values, positionals: files } = parseArgs({
    options: {
      ...{ minutes: { type: "string" }, seed: { type: "string" } },
      ...{ only: { type: "string" }, inputs: { type: "string" } },
    },
    allowPositionals: true,
  });
  const number = (name: "minutes" | "inputs", or: number) => {
    const value = Number(values[name] ?? or);
    if (!(value >= 0)) throw new Error(`--${name}: a number from 0; found "${values[name]}"`);
    return value;
  };
  const minutes = number("minutes", 0), inputs = number("inputs", Infinity);
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (seed !== undefined && seed !== (seed & 0x7fffffff)) {
    throw new Error(`--seed: a whole number of 31 bits; found "${values.seed}"`);
  }
  if (seed !== undefined && minutes > 0) {
    throw new Error("--minutes takes a fresh seed each round, --seed is one seed: give either");
  }
  // without a time or a number, campaigns would have no end
  const timed = minutes > 0 || inputs < Infinity;
  const kinds = values.only?.split(",") ?? (files.length || !timed ? [PROPERTIES] : ALL);
  const unknown = kinds.find((kind) => !ALL.includes(kind));
  if (unknown !== undefined) {
    throw new Error(`--only: some of ${ALL.join(", ")}, with commas; found "${unknown}"`);
  }
  return { files, minutes, inputs, seed, kinds, timed };
}

/** The property tests, once or until the time is over; the exit code. */
async function properties(
  given: readonly string[],
  minutes: number,
  wanted: number | undefined,
): Promise<number> {
  const files = given.length ? given : await propertyTests();
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

/** A campaign's line of the table, and its failures, each with the seed that shows it again. */
function report({ kind, ...found }: Findings): boolean {
  const groups: [string, Failure[]][] = [
    ["uncaught", found.uncaught],
    ["over 2 s", found.slow],
    ["over 1 GB", found.large],
  ];
  const failed = groups.flatMap(([fault, failures]) => failures.map((f) => ({ fault, ...f })));
  for (const { fault, seed, what } of failed.slice(0, 10)) {
    const again = `deno task fuzz --only ${kind} --seed ${seed}`;
    console.error(`\n${kind}: ${fault}; again: ${again}\n${what.slice(0, 1500)}`);
  }
  console.log(
    [
      `${kind}: ${found.inputs} inputs, ${found.read} read`,
      ...groups.map(([fault, { length }]) => `${length} ${fault}`),
      `slowest ${Math.round(found.slowest)} ms`,
      `process at most ${Math.round(found.peak)} MB`,
      `${Math.round(found.inputs / found.seconds)} a second`,
    ].join(", "),
  );
  return failed.length === 0;
}

function reportKills({ kills, amid, saved, lost, half, left, seconds }: KillFindings): boolean {
  for (const what of [...lost, ...half, ...left].slice(0, 10)) console.error(`kill: ${what}`);
  console.log(
    `kill: ${kills} programs killed, ${amid} looks amid a half-written run, ${saved} runs saved, ` +
      `${lost.length} lost, ${half.length} half, ${left.length} partial left after the next run, ` +
      `${Math.round(seconds)} s`,
  );
  return lost.length + half.length + left.length === 0;
}

/** Fuzzes as asked; the exit code. */
async function main(): Promise<number> {
  const { files, minutes, inputs, seed, kinds, timed } = asked();
  let code = 0;
  for (const kind of kinds) {
    const share = minutes / kinds.length;
    const until = minutes > 0 ? Date.now() + share * 60_000 : Infinity;
    let passed: boolean;
    if (kind === PROPERTIES) passed = await properties(files, share, seed) === 0;
    else if (kind === KILL) {
      const kills = timed ? Math.min(inputs, 1e6) : 20;
      passed = reportKills(await killCampaign({ kills, until, random: Math.random }));
    } else {
      const from = seed ?? freshSeed() & 0x3fffffff;
      const count = seed !== undefined ? 1 : timed ? Math.min(inputs, 2 ** 29) : 10_000;
      passed = report(await campaign(kind, { from, inputs: count, until }));
    }
    if (!passed) code = 1;
  }
  return code;
}

try {
  Deno.exit(await main());
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  Deno.exit(2);
}
