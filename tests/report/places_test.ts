/** Where evidence lies, what places are called, and which are suspected. */
import assert from "node:assert/strict";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";
import { evidenceOf, GRID } from "../../jobs/kinds/assess.ts";
import type { Assessed } from "../../report/data.ts";
import { nameOf, shareIn, suspicions } from "../../report/places.ts";

Deno.test("evidence is what speaks for the class, as shares of the squares it lies in", () => {
  const map = values(new Float32Array(16 * 24), [16, 24]);
  map[0] = 3; // row 0, column 0: the first square
  map[15 * 24 + 23] = 1; // the last pixel: the last square
  map[5 * 24 + 5] = -7; // what speaks against it is no evidence
  const shares = evidenceOf(map);
  assert.equal(shares.length, GRID * GRID);
  assert.deepEqual([shares[0], shares.at(-1)], [0.75, 0.25]);
  assert.equal(shares.reduce((a, b) => a + b), 1);
  assert.ok(evidenceOf(values(new Float32Array(64).fill(-1), [8, 8])).every((v) => v === 0));
});

Deno.test("places have names", () => {
  assert.equal(nameOf({ rows: [0, 2], columns: [0, 2] }), "the top left corner");
  assert.equal(nameOf({ rows: [6, 8], columns: [5, 8] }), "the bottom right corner");
  assert.equal(nameOf({ rows: [0, 1], columns: [2, 6] }), "the top border");
  assert.equal(nameOf({ rows: [3, 5], columns: [7, 8] }), "the right border");
});

const told = (label: string, name: string, bright: Readonly<Record<number, number>>): Assessed => {
  const rest = 1 - Object.values(bright).reduce((a, b) => a + b, 0);
  return {
    name,
    seen: "",
    overlay: "",
    answers: [{ index: 0, label, logit: 1, probability: 0.9 }],
    evidence: Array.from({ length: GRID * GRID }, (_, i) => bright[i] ?? rest / GRID ** 2),
  };
};

Deno.test("a corner is suspected where a class has its evidence there, and others have not", () => {
  const stream = random(1), noisy = () => 0.3 + 0.2 * stream.uniform(-1, 1);
  const tagged = Array.from(
    { length: 20 },
    (_, i) => told("fish", `${i}`, { [GRID * 7]: noisy(), [GRID * 6]: 0.1 }),
  );
  const plain = Array.from({ length: 40 }, (_, i) => told("cat", `${i}`, { 27: 0.2 }));
  const [found, ...more] = suspicions([...tagged, ...plain], random(0));
  assert.deepEqual(more, []);
  assert.equal(found.class, "fish");
  assert.equal(found.place.name, "the bottom left corner");
  assert.equal(found.pictures, 20);
  assert.ok(Math.abs(found.elsewhere - found.area * 0.8) < 0.01, `${found.elsewhere}`);
  assert.ok(Math.abs(shareIn(tagged[0], found.place) - (tagged[0].evidence[56] + 0.1)) < 0.02);
  // a bright left and lower edge are places in quarters of their own, none of which is its opposite
  const edges = Object.fromEntries(
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [[8 * i, 0.06], [56 + i, 0.06]]),
  );
  const framed = Array.from({ length: 20 }, (_, i) => told("fish", `${i}`, edges));
  const corners = suspicions([...framed, ...plain], random(0));
  assert.ok(corners.length >= 3, `${corners.length}`);
  for (const { place: { rows, columns } } of corners) {
    assert.ok(rows[1] <= 4 || rows[0] >= 4, `${rows}`);
    assert.ok(columns[1] <= 4 || columns[0] >= 4, `${columns}`);
  }
  // the same bright corner for all classes gives none away; nor do a few pictures
  const both = (label: string) =>
    Array.from({ length: 20 }, (_, i) => told(label, `${i}`, { [GRID * 7]: noisy() }));
  assert.deepEqual(suspicions([...both("fish"), ...both("cat")], random(0)), []);
  assert.deepEqual(suspicions([...tagged.slice(0, 5), ...plain], random(0)), []);
});
