/**
 * Command lines on the pages: those that need nothing are run, all others are read by the real program,
 * so that none names a command, a flag or a task that there is not.
 */
import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { main } from "../cli/main.ts";
import { CommanderError } from "../deps/commander.ts";
import { allPages, pages } from "../docs/_pages.ts";
import { checkCommandLine } from "../docs/_program.ts";
import { techniques } from "../techniques/mod.ts";

const root = new URL("../", import.meta.url);
const exists = (path: string) => {
  try {
    return Deno.statSync(new URL(path, root)).isFile ||
      Deno.statSync(new URL(path, root)).isDirectory;
  } catch {
    return false;
  }
};

/** The words of a line, as a shell reads them; a comment and what is piped or redirected are left out. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [, double, single, plain] of line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)) {
    if (plain !== undefined && /^[#>|]/.test(plain)) break;
    words.push(double ?? single ?? plain);
  }
  return words;
}

/** The lines of the blocks of a page that are for a shell. */
const linesOf = (text: string): string[] =>
  [...text.matchAll(/^```sh\n([^]*?)\n```$/gm)].flatMap(([, block]) =>
    block.replace(/\\\n\s*/g, "").split("\n")
  ).filter((line) => line.trim() !== "");

/** What a shell knows that is no matter of ours. */
const OTHERS = ["curl", "alias", "ffmpeg", "nats-server", "openssl"];
const DENO = ["run", "serve", "test", "jupyter"];

/** A command line's part that the program reads; or undefined, where another program reads it all. */
function ours(line: string): string[] | undefined {
  let words = wordsOf(line);
  if (/^npx --yes deno@[\d.]+ /.test(line)) words = ["deno", ...words.slice(3)];
  const [first, second, third, ...rest] = words;
  if (first === "phosphene") return words.slice(1);
  if (OTHERS.includes(first)) return undefined;
  assert.equal(first, "deno", `What is ${first}? ${line}`);
  if (second === "task") {
    assert.ok(third in config.tasks, `There is no task ${third}: ${line}`);
    if (third === "phosphene") return rest;
    if (third === "gallery") return ["gallery", ...rest];
    return undefined;
  }
  assert.ok(DENO.includes(second), line);
  for (const path of words.filter((word) => /^(examples|bench|tests)\//.test(word))) {
    assert.ok(exists(path), `${path} is not there: ${line}`);
  }
  return undefined;
}

/** A plugin that a page only speaks of cannot be loaded: the rest of the line is read without it. */
function withoutUnwritten(args: readonly string[]): string[] {
  const at = args.indexOf("--plugin");
  return at < 0 || exists(args[at + 1]) ? [...args] : [...args.slice(0, at), ...args.slice(at + 2)];
}

/** Techniques that take more than a moment. */
const LONG = [
  "rise",
  "score-cam",
  "ablation-cam",
  "ss-cam",
  "is-cam",
  "deepdream",
  "filter-viz",
  "feature-viz",
  "class-viz",
  "feature-inversion",
  "caricature",
  "integrated-gradients",
];
const TELLING = ["techniques", "models", "layers", "predict"];

/** Whether a line can be run here: nothing to fetch, no file that is not there, no long computation. */
function isCheap([command, ...args]: readonly string[], plugged: readonly string[]): boolean {
  const model = args[args.indexOf("--model") + 1];
  if (args.includes("--model") && !model.startsWith("phosphene-")) return false;
  if (args.includes("--help")) return true;
  const files = args.filter((arg) => /\.\w+$|^examples\//.test(arg) && !arg.startsWith("--"));
  if (!files.every((file) => exists(file) && !exists(`${file}/`))) return false;
  const named = args.filter((arg) => !arg.startsWith("-"));
  if (command === "layers") return named.every((name) => name.startsWith("phosphene-"));
  if (command === "models") return named.length === 0;
  if (TELLING.includes(command)) return command !== "predict" || files.length > 0;
  return (techniques.has(command) || plugged.includes(command)) && !LONG.includes(command) &&
    files.length > 0;
}

const PLUGGED = ["gradient-sign", "agreement"];

/** Runs a line and returns what it said. */
async function runLine(args: readonly string[]): Promise<{ code: number; said: string }> {
  const { log, error } = console, said: string[] = [];
  console.log = console.error = (text: string) => said.push(text);
  try {
    return { code: await main(args, new AbortController().signal), said: said.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

const texts = new Map<string, string>([
  ["README.md", await Deno.readTextFile(new URL("README.md", root))],
  ...await allPages(await pages()),
]);
const lines = [...texts].flatMap(([page, text]) => linesOf(text).map((line) => ({ page, line })));

Deno.test("lines are read as a shell reads them", () => {
  assert.deepEqual(wordsOf(`phosphene a "b c" --d 'e' # f`), ["phosphene", "a", "b c", "--d", "e"]);
  assert.deepEqual(ours("npx --yes deno@2.9.6 task phosphene saliency x.png > y"), [
    "saliency",
    "x.png",
  ]);
  assert.deepEqual(linesOf("```sh\na \\\n  b\n\nc\n```\n"), ["a b", "c"]);
  assert.throws(() => ours("deno task nothing"), /no task nothing/);
  assert.throws(() => ours("sudo make"), /What is sudo/);
});

Deno.test("every command line on a page is one that the program takes", async () => {
  await assert.rejects(checkCommandLine(["saliency", "x.png", "--clas", "3"]), /--clas/);
  await assert.rejects(checkCommandLine(["salience", "x.png"]), /salience/);
  await assert.rejects(checkCommandLine(["saliency"]), /missing required argument/);
  let read = 0;
  for (const { page, line } of lines) {
    const args = ours(line);
    if (!args) continue;
    read++;
    const { log } = console;
    console.log = () => {}; // help, where a line asks for it
    try {
      await checkCommandLine(withoutUnwritten(args)).catch((error) => {
        if (error instanceof CommanderError && error.exitCode === 0) return;
        throw new Error(`${page}: ${line}: ${error.message}`);
      });
    } finally {
      console.log = log;
    }
  }
  assert.ok(read > 60, `${read} lines`);
});

Deno.test("those that need nothing do what they are there for", async () => {
  const before = Deno.cwd(), out = await Deno.makeTempDir();
  Deno.chdir(root);
  try {
    const done = new Set<string>();
    for (const { page, line } of lines) {
      const args = ours(line);
      if (!args || !isCheap(args, PLUGGED) || done.has(args.join(" "))) continue;
      done.add(args.join(" "));
      const makes = !TELLING.includes(args[0]) && !args.includes("--help");
      const { code, said } = await runLine([...args, ...makes ? ["--out", out] : []]);
      assert.equal(code, 0, `${page}: ${line}: ${said}`);
      assert.ok(said.length > 20, line);
      if (makes) assert.ok(said.includes(out), `${line}: ${said}`);
    }
    assert.ok(done.size > 15, `${[...done].join("\n")}`);
  } finally {
    Deno.chdir(before);
    await Deno.remove(out, { recursive: true });
  }
});
