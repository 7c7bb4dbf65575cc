import assert from "node:assert/strict";
import { partSeen } from "../../web/_part.ts";

const SIDE = { width: 400, height: 300 };

Deno.test("what a network sees of a picture, in the picture's pixels", () => {
  // to 150 × 200, cut to 96 × 96 from its middle
  assert.deepEqual(partSeen(SIDE, { resize: 150, crop: 96 }), {
    x: 52 * 2,
    y: 27 * 2,
    width: 192,
    height: 192,
  });
  assert.deepEqual(partSeen(SIDE, { resize: { width: 200, height: 300 }, crop: null }), {
    x: 0,
    y: 0,
    ...SIDE,
  });
  assert.deepEqual(partSeen(SIDE, { resize: null, crop: { width: 100, height: 50 } }), {
    x: 150,
    y: 125,
    width: 100,
    height: 50,
  });
  // padded: it reaches beyond
  assert.deepEqual(partSeen(SIDE, { resize: null, crop: { width: 500, height: 300 } }), {
    x: -50,
    y: 0,
    width: 500,
    height: 300,
  });
});
