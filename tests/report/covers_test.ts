/** Places that are put onto other pictures, or covered; and what such trials prove. */
import assert from "node:assert/strict";
import { shareOf } from "../../core/bootstrap.ts";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";
import { filledFromAround, meanPicture, opposite, withPlace } from "../../report/covers.ts";
import { isProven } from "../../report/proof.ts";

Deno.test("a place is put from one picture onto another, and nothing else", () => {
  const one = values(new Float32Array(16 * 16 * 2).fill(1), [16, 16, 2]);
  const other = values(new Float32Array(16 * 16 * 2).fill(5), [16, 16, 2]);
  const made = withPlace(one, other, { rows: [6, 8], columns: [0, 1] });
  const changed = [...made.keys()].filter((i) => made[i] === 5);
  assert.equal(changed.length, 4 * 2 * 2);
  for (const i of changed) {
    const pixel = Math.floor(i / 2);
    assert.ok(Math.floor(pixel / 16) >= 12 && pixel % 16 < 2);
  }
  assert.ok(one.every((v) => v === 1));
});

Deno.test("what lies around a place fills it, and nothing of what was there", () => {
  const height = 16, width = 24, place = { rows: [6, 8], columns: [0, 2] } as const;
  const picture = random(3).normalValues([height, width, 2]);
  const isIn = (row: number, column: number) => row >= 12 && column < 6;
  const made = filledFromAround(picture, place);
  // every pixel outside, weighted by how far it is: the longer side is 6 pixels
  for (let at = 0; at < height * width; at++) {
    const row = Math.floor(at / width), column = at % width;
    for (const channel of [0, 1]) {
      const wanted = () => {
        let sum = 0, all = 0;
        for (let other = 0; other < height * width; other++) {
          const down = Math.floor(other / width), across = other % width;
          const far = Math.max(Math.abs(down - row), Math.abs(across - column));
          if (isIn(down, across) || far > 9) continue;
          const weight = Math.exp(-((down - row) ** 2 + (across - column) ** 2) / (2 * 3 ** 2));
          sum += weight * picture[2 * other + channel];
          all += weight;
        }
        return sum / all;
      };
      const expected = isIn(row, column) ? wanted() : picture[2 * at + channel];
      assert.ok(Math.abs(made[2 * at + channel] - expected) < 1e-6, `${row}, ${column}`);
    }
  }
  const bright = withPlace(
    picture,
    values(new Float32Array(picture.length).fill(9), picture.shape),
    place,
  );
  assert.deepEqual(filledFromAround(bright, place), made);
  // a whole quarter too has something around each of its pixels
  const quarter = filledFromAround(picture, { rows: [0, 4], columns: [4, 8] });
  assert.ok(quarter.every(Number.isFinite));
});

Deno.test("the opposite place is another, and the mean of pictures is theirs", () => {
  assert.deepEqual(opposite({ rows: [0, 3], columns: [4, 8] }), { rows: [5, 8], columns: [0, 4] });
  const two = [[1, 2], [3, 6]].map((v) => values(Float32Array.from(v), [1, 1, 2]));
  assert.deepEqual([...meanPicture(two)], [2, 4]);
});

Deno.test("one way of covering alone proves nothing", () => {
  const trial = (hits: number, controls: number, count = 40) => ({
    count,
    share: shareOf(hits, count),
    control: shareOf(controls, count),
  });
  const yes = trial(30, 1), no = trial(3, 2), any = trial(30, 28), few = trial(3, 0, 3);
  assert.ok(isProven({ covered: { mean: yes, around: yes }, pasted: no }));
  assert.ok(!isProven({ covered: { mean: yes, around: no }, pasted: no }));
  assert.ok(!isProven({ covered: { mean: no, around: yes }, pasted: no }));
  assert.ok(isProven({ covered: { mean: no, around: no }, pasted: yes }));
  // what any change does, and what three pictures do, is no proof
  assert.ok(!isProven({ covered: { mean: any, around: any }, pasted: any }));
  assert.ok(!isProven({ covered: { mean: few, around: few }, pasted: few }));
});
