/** Which pictures show what a trial did. */
import assert from "node:assert/strict";
import { values } from "../../core/values.ts";
import { examplesOf } from "../../report/examples.ts";
import type { Answer, Changed, Shown } from "../../report/tried.ts";

const PLACE = { rows: [6, 8], columns: [0, 2], name: "the bottom left corner" } as const;
const best = (label: string, probability: number) => ({ index: 0, label, logit: 1, probability });

/** Pictures whose first number is their own. */
const shown = (label: string, count: number, from: number): Shown[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `${label} ${i}`,
    input: values(Float32Array.of(from + i), [1, 1, 1]),
    best: best(label, 0.9),
  }));

/** Changes by which the class becomes so likely, picture by picture; the control's are told by a minus. */
const changed = (own: readonly number[], offset: number): Changed => ({
  made: (i, { rows }) =>
    values(Float32Array.of((rows[0] === 0 ? -1 : 1) * (offset + i)), [1, 1, 1]),
  answers: own.map((own): Answer => ({ best: best(own > 0.5 ? "fish" : "cat", 0.7), own })),
  controls: own.map((): Answer => ({ best: best("control", 0.8), own: 0.9 })),
});

Deno.test("examples are the pictures on which most followed, by the cover that did less", async () => {
  const kept: number[] = [];
  const rows = await examplesOf(PLACE, {
    own: shown("fish", 4, 0),
    // the first falls under one cover alone
    covered: { mean: changed([0, 0.2, 0.8, 0.1], 100), around: changed([0.9, 0.1, 0.7, 0.3], 200) },
    others: shown("cat", 3, 1000),
    donors: shown("fish", 3, 2000),
    pasted: changed([0.1, 0.2, 0.6], 300),
  }, ([number]) => {
    kept.push(number);
    return Promise.resolve(`${number}.png`);
  });
  assert.deepEqual(rows.map((row) => row.map(({ seen }) => seen)), [
    ["1.png", "101.png", "201.png", "-101.png"],
    ["3.png", "103.png", "203.png", "-103.png"],
    ["2002.png", "1002.png", "302.png", "-302.png"],
  ]);
  assert.deepEqual(rows[2].map(({ name, answer }) => [name, answer]), [
    ["fish 2", "fish"],
    ["cat 2", "cat"],
    ["cat 2", "fish"],
    ["cat 2", "control"],
  ]);
  assert.deepEqual(kept, [1, 101, 201, -101, 3, 103, 203, -103, 2002, 1002, 302, -302]);
});
