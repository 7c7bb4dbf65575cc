import assert from "node:assert/strict";
import { hash } from "../../world/random.ts";
import { type Layer, render } from "../../world/raster.ts";
import { arrange, CLASSES, type Difficulty, draw } from "../../world/scene.ts";
import fc from "../_support/property.ts";

const anyClass = fc.constantFrom(...CLASSES);
const anySeed = fc.integer({ min: 0, max: 2 ** 31 });
const anyDifficulty = fc.constantFrom<Difficulty>("normal", "hard");
const few = { numRuns: 25 };

Deno.test("there are twenty classes of different names", () => {
  assert.equal(new Set(CLASSES).size, 20);
});

Deno.test("the same seed draws the same bytes, another seed another picture", () => {
  fc.assert(
    fc.property(anyClass, anySeed, anyDifficulty, (name, seed, difficulty) => {
      const once = draw({ class: name, seed, size: 32, difficulty });
      const twice = draw({ class: name, seed, size: 32, difficulty });
      assert.deepEqual(once, twice);
      const other = draw({ class: name, seed: seed + 1, size: 32, difficulty });
      assert.notDeepEqual(once.picture.data, other.picture.data);
    }),
    few,
  );
});

Deno.test("the pictures stay what the networks were trained on", () => {
  const sums = CLASSES.map((name, seed) => hash(...draw({ class: name, seed }).picture.data));
  assert.equal(hash(...sums), 3647390766);
});

Deno.test("an unknown class is refused with the known ones", () => {
  assert.throws(() => draw({ class: "toString", seed: 1 }), {
    name: "UserError",
    message: /Cannot draw "toString".*butterfly/,
  });
});

Deno.test("the mask is exactly where the subject shows", () => {
  fc.assert(
    fc.property(anyClass, anySeed, anyDifficulty, (name, seed, difficulty) => {
      const size = 64;
      const { layers, subject, light } = arrange({ class: name, seed, size, difficulty });
      const { mask } = draw({ class: name, seed, size, difficulty });
      // The same scene in the dark, the subject alone in white: a pixel is as bright as its share.
      const dark = layers.map((layer): Layer => {
        const tone = layer === subject ? 1 : 0;
        return {
          ...layer,
          relief: 0,
          shadow: 0,
          paint: (x, y) => layer.paint(x, y) && [tone, tone, tone],
        };
      });
      const even = { ...light, falloff: 0 };
      const { data } = render(dark, even, size, { subject: dark[layers.indexOf(subject)] }).picture;
      mask.forEach((inside, pixel) => {
        assert.equal(inside, data[pixel * 3] >= 127.5 ? 1 : 0, `pixel ${pixel}`);
      });
    }),
    { ...few, examples: [["butterfly", 1912325167, "hard"]] },
  );
});

Deno.test("every class fills a fair share of the picture and is never hidden", () => {
  for (const difficulty of ["normal", "hard"] as const) {
    for (const name of CLASSES) {
      const areas = Array.from({ length: 12 }, (_, seed) => {
        const { mask } = draw({ class: name, seed: seed + 100, difficulty });
        return mask.reduce((sum, inside) => sum + inside, 0) / mask.length;
      });
      assert.ok(Math.min(...areas) > 0.02, `${name}, ${difficulty}: ${Math.min(...areas)}`);
      assert.ok(Math.max(...areas) < 0.65, `${name}, ${difficulty}: ${Math.max(...areas)}`);
    }
  }
});

Deno.test("nothing but the subject depends on the class", () => {
  fc.assert(
    fc.property(anySeed, anyDifficulty, (seed, difficulty) => {
      const size = 24;
      const without = CLASSES.slice(0, 6).map((name) => {
        const { layers, subject, light } = arrange({ class: name, seed, size, difficulty });
        const rest = layers.filter((layer) => layer !== subject);
        const { paint: _, turn: __, mirrored: ___, ...place } = subject;
        return { place, picture: render(rest, light, size, { subject }).picture };
      });
      for (const other of without) assert.deepEqual(other, without[0]);
    }),
    few,
  );
});

Deno.test("the mean colour does not give the class away", () => {
  const each = 30;
  const meanColours = (from: number) =>
    CLASSES.map((name) =>
      Array.from({ length: each }, (_, i) => {
        const { data } =
          draw({ class: name, seed: from + hash(i, CLASSES.indexOf(name)) % 1e6, size: 16 })
            .picture;
        return [0, 1, 2].map((c) => {
          let sum = 0;
          for (let at = c; at < data.length; at += 3) sum += data[at];
          return sum / (data.length / 3);
        });
      })
    );
  const centres = meanColours(0).map((colours) =>
    [0, 1, 2].map((c) => colours.reduce((sum, colour) => sum + colour[c], 0) / each)
  );
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((x, i) => x - b[i]));
  let right = 0;
  meanColours(2_000_000).forEach((colours, truth) => {
    for (const colour of colours) {
      const away = centres.map((centre) => distance(colour, centre));
      if (away.indexOf(Math.min(...away)) === truth) right++;
    }
  });
  const accuracy = right / (each * CLASSES.length);
  assert.ok(accuracy < 2.5 / CLASSES.length, `${accuracy} right by colour alone`);
});
