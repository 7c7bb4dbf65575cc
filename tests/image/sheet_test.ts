/** Contact sheets and figures: where pictures land, what colour bars show, what is written. */
import assert from "node:assert/strict";
import { drawFigure } from "../../run/figure.ts";
import type { Picture } from "../../image/mod.ts";
import { paint } from "../../image/render.ts";
import type { AttributionRun } from "../../run/execute.ts";
import { type Cell, contactSheet } from "../../image/sheet.ts";
import type { Colors } from "../../image/render.ts";
import { spellOut } from "../../image/_glyphs.ts";
import { drawable } from "../../image/_svg.ts";
import { values } from "../../core/values.ts";
import fc from "../_support/property.ts";

type Rgb = readonly [number, number, number];
const RED: Rgb = [255, 0, 0], BLUE: Rgb = [0, 0, 255], WHITE: Rgb = [255, 255, 255];

const plain = (width: number, height: number, [r, g, b]: Rgb): Picture => {
  const data = new Uint8ClampedArray(width * height * 3);
  for (let i = 0; i < data.length; i += 3) data.set([r, g, b], i);
  return { width, height, data };
};
const at = ({ width, data }: Picture, x: number, y: number): Rgb =>
  [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)] as unknown as Rgb;
const same = (a: Rgb, b: Rgb) => a.every((v, i) => v === b[i]);

/** The smallest box around all pixels of a colour. */
function boxOf(sheet: Picture, color: Rgb) {
  let left = Infinity, top = Infinity, right = -1, bottom = -1, count = 0;
  for (let y = 0; y < sheet.height; y++) {
    for (let x = 0; x < sheet.width; x++) {
      if (!same(at(sheet, x, y), color)) continue;
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
      count++;
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1, count };
}

/** How many pixels of a part are not white: how much is written there. */
function ink(sheet: Picture, left: number, top: number, width: number, height: number): number {
  let count = 0;
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) if (!same(at(sheet, x, y), WHITE)) count++;
  }
  return count;
}

Deno.test("pictures of any size fill squares of one size, side by side and row by row", async () => {
  const size = fc.integer({ min: 8, max: 300 });
  await fc.assert(
    fc.asyncProperty(size, size, size, size, async (w, h, v, g) => {
      const [one, two] = [plain(w, h, RED), plain(v, g, BLUE)];
      const title = { title: "" };
      const beside = await contactSheet([[{ picture: one, ...title }, { picture: two, ...title }]]);
      const [a, b] = [boxOf(beside, RED), boxOf(beside, BLUE)];
      const side = Math.max(a.width, a.height);
      assert.equal(side, Math.max(b.width, b.height));
      const largest = Math.max(w, h, v, g);
      assert.ok(side % largest === 0 && side >= Math.min(largest, 224 - largest / 2));
      for (const [box, [width, height]] of [[a, [w, h]], [b, [v, g]]] as const) {
        assert.equal(box.count, box.width * box.height, "whole");
        const factor = side / Math.max(width, height);
        assert.ok(Math.abs(box.width - width * factor) <= 1);
        assert.ok(Math.abs(box.height - height * factor) <= 1);
      }
      assert.equal(a.top, b.top);
      assert.ok(b.left >= a.left + side);

      const below = await contactSheet([[{ picture: one, ...title }], [{
        picture: two,
        ...title,
      }]]);
      const [c, d] = [boxOf(below, RED), boxOf(below, BLUE)];
      assert.equal(c.left, d.left);
      assert.ok(d.top > c.top + c.height);
    }),
    { numRuns: 12 },
  );
});

Deno.test("small pictures keep their pixels square", async () => {
  const data = Uint8ClampedArray.of(...RED, ...BLUE, ...BLUE, ...RED);
  const sheet = await contactSheet([[{ picture: { width: 2, height: 2, data }, title: "" }]]);
  const box = boxOf(sheet, RED), half = box.width / 2;
  assert.equal(box.count, 2 * half * half);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const red = (x < half) === (y < half);
      assert.deepEqual(at(sheet, box.left + x, box.top + y), red ? RED : BLUE);
    }
  }
});

Deno.test("a colour bar has every colour of its scale from end to end, and its numbers", async () => {
  for (const colors of ["gray", "perceptual", "diverging"] as Colors[]) {
    const bar = { colors, scale: { low: -0.5, high: 0.5 } };
    const picture = plain(256, 256, [1, 2, 3]);
    const sheet = await contactSheet([[{ picture, title: "", bar }]]);
    const box = boxOf(sheet, [1, 2, 3]), y = box.top + box.height + 10;
    const ramp = await paint(
      values(Float32Array.from({ length: 256 }, (_, i) => i / 255), [1, 256]),
      colors,
    );
    for (let x = 0; x < 256; x++) assert.deepEqual(at(sheet, box.left + x, y), at(ramp, x, 0));
    const written = (from: number, to: number) =>
      ink(sheet, box.left + from, box.top + box.height + 17, to - from, 16);
    assert.ok(written(0, 60) > 20 && written(196, 256) > 20, "ends");
    assert.equal(written(100, 156) > 0, colors === "diverging", "zero in the middle");
  }
});

Deno.test("titles, captions and headings are written and never run into the next cell", async () => {
  const picture = plain(224, 224, RED);
  const of = (cell: Partial<Cell>, heading?: string) =>
    contactSheet([[{ picture, title: "", ...cell }, { picture, title: "" }]], heading);
  const bare = await of({});
  const above = (sheet: Picture) => ink(sheet, 0, 0, sheet.width, boxOf(sheet, RED).top);
  assert.equal(above(bare), 0);
  const long = "Wide Words Which Want Much More Width ".repeat(5);
  const hostile = `<b>&"\u0000\ud800</text>${long}`;
  for (const text of ["Grad-CAM", "Überlänge ε → 0", long, hostile]) {
    const sheets = [await of({ title: text }), await of({ caption: `${text}\n${text}` })];
    for (const sheet of sheets) {
      assert.ok(above(sheet) > 50, text);
      const { left, top } = boxOf(sheet, RED), right = left + 224;
      assert.equal(ink(sheet, right, 0, sheet.width - right, top), 0, "the neighbour's title");
    }
    const headed = await of({}, text);
    assert.ok(above(headed) > 50);
    assert.equal(ink(headed, headed.width - 8, 0, 8, 40), 0, "inside the sheet");
  }
  await assert.rejects(contactSheet([]), RangeError);
});

Deno.test("texts grow with the cells, and are never smaller than in a small sheet", async () => {
  const heights: number[] = [];
  for (const side of [224, 260, 1040, 1600]) {
    const sheet = await contactSheet([[{ picture: plain(side, side, RED), title: "HHHH" }]]);
    const top = boxOf(sheet, RED).top;
    const rows = Array.from({ length: top }, (_, y) => y).filter((y) =>
      ink(sheet, 0, y, sheet.width, 1) > 0
    );
    heights.push(rows.length);
  }
  const [small, same, ...large] = heights;
  assert.ok(small >= 9 && same === small, `${heights}`);
  // capitals are seven tenths of a font's size
  for (const [i, side] of [1040, 1600].entries()) {
    assert.ok(Math.abs(large[i] / (side / 20) - 0.73) < 0.06, `${heights}`);
  }
});

Deno.test("what no font has is spelled out, the rest is drawn", () => {
  const has = (code: number) => code < 0x500;
  assert.equal(spellOut("猫の写真.png", has), "‹U+732B 306E 5199 771F›.png");
  assert.equal(spellOut("a猫b🐱", has), "a‹U+732B›b‹U+1F431›");
  assert.equal(spellOut("e\u0301 Жø", has), "é Жø");
  assert.equal(spellOut("x\ufe0f\u200dy", has), "xy", "what is not seen anyway");
});

Deno.test("every character of a caption is in a font, or spelled out", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 12 }), async (text) => {
      const once = await drawable(text);
      assert.equal(await drawable(once), once, "nothing is left to spell out");
    }),
    { numRuns: 100 },
  );
  for (const text of ["Καλημέρα", "Привет", "שלום", "سلام", "გამარჯობა", "Übergröße"]) {
    assert.equal(await drawable(text), text);
  }
  assert.match(await drawable("写真"), /^‹U\+5199 771F›$/);
});

Deno.test("a figure shows input, map and overlay; the same run draws the same bytes", async () => {
  const seen = plain(4, 4, BLUE), map = values(new Float32Array(16).fill(1), [4, 4]);
  const prediction = { index: 0, label: "sky", logit: 1, probability: 0.5 };
  const run = {
    seen,
    map,
    colors: "gray",
    strength: 0.25,
    scale: { low: 0, high: 2 },
    technique: { title: "Test" },
    target: prediction,
    model: { id: "test" },
  } as AttributionRun;
  const figure = await drawFigure(run);
  const boxes = [BLUE, [64, 64, 255] as Rgb].map((color) => boxOf(figure, color));
  for (const box of boxes) assert.deepEqual([box.width, box.height], [224, 224]);
  assert.equal(boxes[0].top, boxes[1].top);
  const middle = Math.round((boxes[0].left + boxes[1].left + 224) / 2);
  assert.deepEqual(at(figure, middle, boxes[0].top + 100), WHITE, "the map between them is white");
  assert.deepEqual(await drawFigure(run), figure);
  const scaleless = await drawFigure({ ...run, scale: undefined });
  assert.ok(scaleless.height < figure.height, "no bar without a scale");
});
