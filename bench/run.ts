/**
 * Measures how fast, how small and how exact: each question in turn, ours and its peer's side by side.
 *
 *     deno task bench [QUESTION…] [--peer] [--json] [--write] [--repeats 2] [--backend wasm]
 *                     [--threads 2]
 *
 * `--peer` asks PyTorch too, where `python3` has it, with torchvision. `--write` puts the tables into
 * `docs/measurements.md`. Several backends, between commas, are measured one after the other.
 */
import { parseArgs } from "node:util";
import { nearestHint } from "../core/errors.ts";
import { type BackendName, BACKENDS } from "../engine/backends.ts";
import { benchFor } from "./_bench.ts";
import type { Row } from "./_question.ts";
import { QUESTIONS } from "./_questions.ts";
import { table, write } from "./_tables.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: "string", default: "wasm" },
    json: { type: "boolean", default: false },
    peer: { type: "boolean", default: false },
    repeats: { type: "string", default: "2" },
    threads: { type: "string", default: String(navigator.hardwareConcurrency) },
    write: { type: "boolean", default: false },
  },
});

/** A flag as a whole number, 1 or more. */
function count(name: "repeats" | "threads"): number {
  const number = Number(flags[name]);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`error: --${name} takes a whole number from 1 on, not "${flags[name]}".`);
  Deno.exit(2);
}

/** The backends that are named. */
function backends(): BackendName[] {
  return flags.backend.split(",").map((name) => {
    const found = BACKENDS.find((backend) => backend === name);
    if (found) return found;
    console.error(`error: There is no backend "${name}"; ${nearestHint(name, BACKENDS)}.`);
    Deno.exit(2);
  });
}

const ids = positionals.length ? positionals : Object.keys(QUESTIONS);
for (const id of ids) {
  if (Object.hasOwn(QUESTIONS, id)) continue;
  console.error(`error: There is no question "${id}"; ${nearestHint(id, Object.keys(QUESTIONS))}.`);
  Deno.exit(2);
}

const named = backends();
const settings = { peer: flags.peer, repeats: count("repeats"), threads: count("threads") };

/** Asks a question on each backend. */
async function* rowsOf(id: string): AsyncGenerator<Row> {
  const { question } = await QUESTIONS[id]();
  for (const backend of named) {
    const bench = benchFor(id, { ...settings, backend });
    for await (const found of question.rows(bench)) {
      const ratio = found.peer === undefined ? undefined : found.ours / found.peer;
      yield { question: id, backend, threads: settings.threads, ...found, ratio };
    }
  }
}

const all: Row[] = [];
for (const id of ids) {
  const rows: Row[] = [];
  if (!flags.json) console.log(`\n${id}: ${(await QUESTIONS[id]()).question.asks}\n`);
  for await (const row of rowsOf(id)) {
    rows.push(row);
    console.error(`  ${row.case}`);
  }
  if (!flags.json) console.log(table(rows));
  if (flags.write) await write(id, rows);
  all.push(...rows);
}
if (flags.json) console.log(JSON.stringify(all, null, 2));
Deno.exit(0);
