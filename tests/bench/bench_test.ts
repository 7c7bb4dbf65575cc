/** What the benches print and write; what they measure is not asserted anywhere. */
import assert from "node:assert/strict";
import { benchFor } from "../../bench/_bench.ts";
import type { Figures, Row } from "../../bench/_question.ts";
import { QUESTIONS } from "../../bench/_questions.ts";
import { table, withTable } from "../../bench/_tables.ts";

const row: Row = {
  question: "gradient",
  case: "small: gradient, PyTorch",
  ours: 12.345,
  peer: 24.69,
  ratio: 0.5,
  unit: "ms",
  backend: "wasm",
  threads: 2,
};

Deno.test("rows become a table, with a peer's columns where one has a peer", () => {
  const { peer: _, ratio: __, ...alone } = row;
  assert.deepEqual(table([row, { ...alone, ours: 1234.5 }]).split("\n"), [
    "| case                     | backend | threads | ours    | peer    | ours / peer |",
    "| ------------------------ | ------- | ------- | ------- | ------- | ----------- |",
    "| small: gradient, PyTorch | wasm    | 2       | 12.3 ms | 24.7 ms | 0.5         |",
    "| small: gradient, PyTorch | wasm    | 2       | 1235 ms |         |             |",
  ]);
  assert.match(table([{ ...alone, ours: 3e-7, unit: "" }]), /\| 3e-7 \|$/);
  assert.doesNotMatch(table([alone]), /peer/);
});

Deno.test("a table is written where its marks are, over the one before", () => {
  const page = "# Page\n\n<!-- bench a -->\n\nold\n\n<!-- /bench a -->\n\nProse.\n";
  const written = withTable(page, "a", [row]);
  assert.equal(
    written,
    `# Page\n\n<!-- bench a -->\n\n${table([row])}\n\n<!-- /bench a -->\n\nProse.\n`,
  );
  assert.equal(withTable(written, "a", [row]), written);
  assert.throws(() => withTable(page, "b", [row]), /has no <!-- bench b -->/);
});

Deno.test("every question has its place on the page of measurements", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/measurements.md", import.meta.url));
  for (const id of Object.keys(QUESTIONS)) {
    assert(withTable(page, id, [{ ...row, question: id }]).includes(table([row])), id);
    const { question } = await QUESTIONS[id]();
    assert.match(question.asks, /\?$/, id);
  }
});

Deno.test("sides take turns, and of each figure the median counts", async () => {
  const bench = benchFor("none", { backend: "wasm", threads: 1, repeats: 3, peer: false });
  const order: string[] = [];
  const side = (name: string, ...found: number[]) => (): Promise<Figures> => {
    order.push(name);
    return Promise.resolve({ ms: found.shift()! });
  };
  const found = await bench.inTurns({
    ours: side("a", 9, 1, 5),
    theirs: side("b", 2, 4, 3),
    torch: await bench.torch({ ask: "nothing" }),
  });
  assert.deepEqual(order, ["a", "b", "a", "b", "a", "b"]);
  assert.deepEqual(found, { ours: { ms: 5 }, theirs: { ms: 3 } });
});
