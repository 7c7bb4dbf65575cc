/** What is hidden segment by segment, against a literal reading of the papers. */
import assert from "node:assert/strict";
import { useBackend } from "../../engine/runtime.ts";
import { loadImage } from "../../image/mod.ts";
import { preprocess } from "../../image/preprocess.ts";
import { slic } from "../../image/slic.ts";
import { random } from "../../core/random.ts";
import { grayOne, picture as syntheticPicture } from "../../conformance/networks.ts";
import { loadModel } from "../../models/mod.ts";
import { Regression, Spread } from "../../techniques/_regression.ts";
import { attribute } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import fc from "../_support/property.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";
import { near, relativeError } from "../_support/tensors.ts";
import { withMask } from "./_masks.ts";
import { slow, tangled } from "./_slow.ts";

/** A network, a picture of 11×13, five segments of it (one in two places), and what their coalitions score. */
function cutUp() {
  const made = tangled(), { model, input, shape, width, height } = made, segments = 5;
  const labels = Array.from({ length: width * height }, (_, at): number => {
    const y = Math.floor(at / width), x = at % width;
    return y < 3 || y > 11 ? 0 : x < 4 ? 1 : x + y < 11 ? 2 : x > 8 ? 4 : 3;
  });
  assert.equal(new Set(labels).size, segments);
  const image = (shown: ArrayLike<number>, fill: ArrayLike<number>) =>
    Array.from(input, (v, i) => shown[labels[Math.floor(i / 3)]] ? v : fill[i]);
  const logits = (shown: ArrayLike<number>, fill: ArrayLike<number> = input.map(() => 0)) => {
    const { tape, logits } = slow(model.network, image(shown, fill), shape);
    return logits.map((at) => tape.values[at]);
  };
  /** Each pixel of its segment's number. */
  const painted = (numbers: ArrayLike<number>) => labels.map((label) => numbers[label]);
  const sharesIn = (map: ArrayLike<number>) =>
    Array.from({ length: segments }, (_, label) => map[labels.indexOf(label)]);
  return { ...made, segments, labels, logits, painted, sharesIn };
}

const bits = (of: number, count: number) => Array.from({ length: count }, (_, i) => of >> i & 1);
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const tolerance = (backend: string) => backend === "webgpu" ? 1e-3 : 2e-4;

/** Solves a system by elimination. */
function eliminate(rows: readonly (readonly number[])[], right: readonly number[]): number[] {
  const all = rows.map((row, i) => [...row, right[i]]), n = all.length;
  for (let i = 0; i < n; i++) {
    const best = all.slice(i).reduce((most, row) =>
      Math.abs(row[i]) > Math.abs(most[i]) ? row : most
    );
    const at = all.indexOf(best);
    [all[i], all[at]] = [all[at], all[i]];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const times = all[k][i] / all[i][i];
      all[k] = all[k].map((v, j) => v - times * all[i][j]);
    }
  }
  return all.map((row, i) => row[n] / row[i]);
}

forEachBackend("feature ablation: each segment's fall", async (backend) => {
  const { model, image, segments, labels, logits, painted } = cutUp(), target = 2;
  const whole = logits(bits(-1, segments))[target];
  const falls = Array.from(
    { length: segments },
    (_, i) => whole - logits(bits(~(1 << i), segments))[target],
  );
  await withMask(labels, 11, async (file) => {
    const options = { class: target, segments: file };
    const run = await attribute("feature-ablation", { model, image, options });
    assert.deepEqual(run.attribution.shape, [13, 11]);
    near(run.attribution, painted(falls), tolerance(backend), "falls");
    assert.equal(run.colors, "diverging");
    assert.equal(run.figures!.segments, segments);
  });
  model.network.dispose();
});

forEachBackend("feature ablation: a segment's own mean colour as its fill", async () => {
  const { model, image, input, segments, labels, logits, painted } = cutUp();
  const means = Array.from(input, (_, i) => {
    const own = [...input].filter((_, k) =>
      k % 3 === i % 3 && labels[Math.floor(k / 3)] === labels[Math.floor(i / 3)]
    );
    return sum(own) / own.length;
  });
  const whole = logits(bits(-1, segments))[1];
  const falls = Array.from(
    { length: segments },
    (_, i) => whole - logits(bits(~(1 << i), segments), means)[1],
  );
  await withMask(labels, 11, async (file) => {
    const options = { class: 1, segments: file, fill: "segment" };
    const run = await attribute("feature-ablation", { model, image, options });
    near(run.attribution, painted(falls), 5e-4, "falls");
  });
  model.network.dispose();
}, ["wasm"]);

/** Shapley's formula, over the orders in which segments can come. */
function shapley(score: (shown: readonly number[]) => number, segments: number): number[] {
  const values = new Array(segments).fill(0), orders: number[][] = [];
  const extend = (order: number[]) => {
    if (order.length === segments) orders.push(order);
    for (let i = 0; i < segments; i++) if (!order.includes(i)) extend([...order, i]);
  };
  extend([]);
  for (const order of orders) {
    const shown = new Array(segments).fill(0);
    for (const next of order) {
      const before = score(shown);
      shown[next] = 1;
      values[next] += (score(shown) - before) / orders.length;
    }
  }
  return values;
}

forEachBackend("Kernel SHAP of every coalition: Shapley's values", async (backend) => {
  const { model, image, segments, labels, logits, painted, sharesIn } = cutUp(), target = 3;
  const known = new Map<string, number[]>();
  const all = (shown: readonly number[]) => {
    const key = String(shown);
    if (!known.has(key)) known.set(key, logits(shown));
    return known.get(key)!;
  };
  const of = (at: number) => shapley((shown) => all(shown)[at], segments);
  await withMask(labels, 11, async (file) => {
    const explain = (target: number | string) =>
      attribute("kernel-shap", { model, image, target, options: { segments: file, samples: 30 } });
    const run = await explain(target), { figures } = run;
    near(run.attribution, painted(of(target)), tolerance(backend), "shares");
    const shares = sharesIn(run.attribution);
    const change = Number(figures!.scoreChange);
    assert.ok(Math.abs(sum(shares) - change) < 1e-5 * Math.abs(change), "they add up");
    assert.equal(figures!.coalitions, 32);
    const other = await attribute("kernel-shap", {
      ...{ model, image, target, seed: 7 },
      options: { segments: file, samples: 1000 },
    });
    assert.deepEqual(other.attribution, run.attribution, "nothing is drawn");
    // of a difference, the difference of the shares
    const difference = of(3).map((share, i) => share - of(0)[i]);
    const both = await explain("class 3 - class 0");
    near(both.attribution, painted(difference), tolerance(backend), "shares of a difference");
  });
  model.network.dispose();
});

forEachBackend(
  "Kernel SHAP of some coalitions: the constrained regression, word by word",
  async () => {
    const { model, image, segments, labels, logits, painted, sharesIn } = cutUp(), target = 0;
    const seed = 4, samples = 24, stream = random(seed), rows: number[][] = [];
    const shares = [1, 2, 3, 4].map((size) => (segments - 1) / (size * (segments - size)));
    for (let n = 0; n < samples; n++) {
      const drawn = stream.next() * sum(shares);
      const size = 1 + shares.findIndex((_, i) => drawn < sum(shares.slice(0, i + 1)));
      const row: number[] = [];
      while (sum(row) < size) {
        const open = size - sum(row), left = segments - row.length;
        row.push(stream.next() < open / left ? 1 : 0);
      }
      rows.push([...row, ...new Array(segments - row.length).fill(0)]);
    }
    const empty = logits(bits(0, segments))[target], whole = logits(bits(-1, segments))[target];
    const found = rows.map((row) => logits(row)[target]);
    // least squares where the shares add up to the change: with a multiplier
    const system = Array.from({ length: segments }, (_, i) => [
      ...Array.from({ length: segments }, (_, k) => sum(rows.map((row) => row[i] * row[k]))),
      1,
    ]);
    const right = Array.from(
      { length: segments },
      (_, i) => sum(rows.map((row, n) => row[i] * (found[n] - empty))),
    );
    const solved = eliminate([...system, [...new Array(segments).fill(1), 0]], [
      ...right,
      whole - empty,
    ]);
    const expected = solved.slice(0, segments);
    const fits = rows.map((row) => empty + sum(row.map((isIn, i) => isIn * expected[i])));
    const mean = sum(found) / samples;
    const explained = 1 - sum(found.map((v, n) => (v - fits[n]) ** 2)) /
        sum(found.map((v) => (v - mean) ** 2));
    await withMask(labels, 11, async (file) => {
      const options = { segments: file, samples };
      const run = await attribute("kernel-shap", { model, image, target, options, seed });
      near(run.attribution, painted(expected), 5e-4, "shares");
      assert.ok(Math.abs(Number(run.figures!.explained) - explained) < 1e-3);
      assert.match(
        run.diagnosis.join(" "),
        /explains \d+ % of how the score varies over the pictures/,
      );
      const other = await attribute("kernel-shap", { model, image, target, options, seed: 5 });
      assert.notDeepEqual(other.attribution, run.attribution);
      const few = { segments: file, samples: 3 };
      const rough = await attribute("kernel-shap", { model, image, target, options: few, seed });
      assert.match(rough.diagnosis.join(" "), /3 pictures are few for 5 segments/);
      const shares = sharesIn(rough.attribution);
      assert.ok(Math.abs(sum(shares) - (whole - empty)) < 1e-4 * Math.abs(whole - empty));
    });
    model.network.dispose();
  },
  ["wasm"],
);

forEachBackend("LIME: the weighted ridge regression, word by word", async () => {
  const { model, image, segments, labels, logits, painted } = cutUp(), target = 2, seed = 3;
  const samples = 40, width = 0.3, ridge = 0.5, stream = random(seed);
  const rows = Array.from(
    { length: samples },
    (_, n) => Array.from({ length: segments }, () => n === 0 || stream.next() < 0.5 ? 1 : 0),
  );
  const weights = rows.map((row) => {
    const cosine = sum(row) / (Math.sqrt(sum(row)) * Math.sqrt(segments)) || 0;
    return Math.sqrt(Math.exp(-((1 - cosine) ** 2) / width ** 2));
  });
  const scored = rows.map((row) => logits(row));
  /** Coefficients with the intercept last, which costs nothing, and R². */
  const fit = (found: readonly number[]) => {
    const wide = rows.map((row) => [...row, 1]);
    const system = wide[0].map((_, i) =>
      wide[0].map((_, k) =>
        sum(wide.map((row, n) => weights[n] * row[i] * row[k])) +
        (i === k && i < segments ? ridge : 0)
      )
    );
    const all = eliminate(
      system,
      wide[0].map((_, i) => sum(wide.map((row, n) => weights[n] * row[i] * found[n]))),
    );
    const mean = sum(found.map((v, n) => weights[n] * v)) / sum(weights);
    const fits = wide.map((row) => sum(row.map((v, i) => v * all[i])));
    const rest = sum(found.map((v, n) => weights[n] * (v - fits[n]) ** 2));
    return { all, explained: 1 - rest / sum(found.map((v, n) => weights[n] * (v - mean) ** 2)) };
  };
  const probabilities = scored.map((all) => {
    const exponents = all.map(Math.exp);
    return exponents[target] / sum(exponents);
  });
  await withMask(labels, 11, async (file) => {
    for (const fitted of ["probability", "score"] as const) {
      const { all, explained } = fit(
        fitted === "score" ? scored.map((all) => all[target]) : probabilities,
      );
      const options = { segments: file, samples, width, ridge, of: fitted, fill: "zero" };
      const run = await attribute("lime", { model, image, target, options, seed });
      near(run.attribution, painted(all), 5e-4, fitted);
      assert.ok(Math.abs(Number(run.figures!.intercept) - all[segments]) < 1e-4);
      assert.ok(Math.abs(Number(run.figures!.explained) - explained) < 1e-3);
      assert.equal(run.figures!.fitted, fitted);
    }
  });
  const other = await attribute("lime", { model, image, options: { samples: 5 }, seed: 1 });
  const again = await attribute("lime", { model, image, options: { samples: 5 }, seed: 2 });
  assert.notDeepEqual(other.attribution, again.attribution);
  model.network.dispose();
}, ["wasm"]);

Deno.test("segments: each kind, of the picture as the network sees it", async () => {
  await useBackend("wasm");
  const { model, image } = tangled();
  const maps = [];
  for (const segments of ["slic", "felzenszwalb", "grid"]) {
    const options = { segments, count: 6 };
    const run = await attribute("feature-ablation", { model, image, options });
    const count = Number(run.figures!.segments);
    assert.ok(count >= 3 && count <= 12, `${segments} makes ${count}`);
    assert.ok(new Set(run.attribution).size <= count);
    maps.push(String(run.attribution));
  }
  assert.equal(new Set(maps).size, 3);
  // the network sees the middle of a larger picture: segments are its, and a mask goes the same way
  const cropped = { ...model, preprocess: { ...model.preprocess, resize: null, crop: 9 } };
  const { picture } = preprocess(image, cropped.preprocess), own = slic(picture, 6);
  const options = { segments: "slic", count: 6 };
  const ablate = (segments: string) =>
    attribute("feature-ablation", { model: cropped, image, options: { ...options, segments } });
  const bySlic = await ablate("slic");
  assert.equal(bySlic.figures!.segments, own.count);
  const large = Array.from({ length: 13 * 11 }, (_, at) => {
    const y = Math.floor(at / 11) - 2, x = at % 11 - 1;
    return y < 0 || y >= 9 || x < 0 || x >= 9 ? 250 : own.labels[y * 9 + x];
  });
  const byMask = await withMask(large, 11, ablate);
  assert.deepEqual(byMask.attribution, bySlic.attribution);
  model.network.dispose();
});

Deno.test("segments that there are not are refused, with what would work", async () => {
  await useBackend("wasm");
  const { model, image } = tangled(), pixels = 13 * 11;
  const ablate = (segments: string) =>
    attribute("feature-ablation", { model, image, options: { segments } });
  await assert.rejects(ablate("slik"), /no segments "slik"; nearest: "slic"/);
  const filled = attribute("lime", { model, image, options: { fill: "segmen" } });
  await assert.rejects(filled, /no baseline "segmen"; nearest: "segment"/);
  await assert.rejects(ablate("./nowhere.png"), /Cannot read picture/);
  await assert.rejects(withMask(new Array(12).fill(0), 4, ablate), /has 4×3 pixels.*11×13/);
  await assert.rejects(withMask(new Array(pixels).fill(0), 11, ablate), /one colour alone/);
  const many = { ...model, preprocess: { ...model.preprocess, resize: { width: 40, height: 40 } } };
  const labels = Array.from({ length: 1600 }, (_, i) => i);
  const refused = withMask(
    labels,
    40,
    (segments) => attribute("feature-ablation", { model: many, image, options: { segments } }),
  );
  await assert.rejects(refused, /has 1600 colours, and 1000 segments are the most/);
  model.network.dispose();
});

/** Of ResNet-20 on the car, for class 9, what Captum 0.6 gives in float64 for cells of a grid. */
const CAPTUM = [
  {
    of: "FeatureAblation",
    technique: "feature-ablation",
    cells: [4, 4],
    expected: [
      ...[0.47894, -1.34162, -1.90557, -1.0094, -1.03027, -9.73708, -7.5399, -1.40124],
      ...[2.16889, 2.58597, -2.41754, 0.6105, 3.53667, 4.96952, 4.06511, 3.46982],
    ],
  },
  {
    of: "ShapleyValues, over all orders",
    technique: "kernel-shap",
    cells: [2, 3],
    expected: [2.22065, -2.5153, -1.27731, 3.18848, 3.71083, 3.08681],
  },
] as const;

for (const { of, technique, cells: [rows, columns], expected } of CAPTUM) {
  Deno.test({
    name: `${technique} on ResNet-20: Captum's ${of}${absence}`,
    ignore: !hasShared,
    fn: async () => {
      await useBackend("wasm");
      const weights = shared.path("models/resnet20-12fca82f.th");
      const model = await loadModel("resnet20-cifar", { weights });
      const image = await loadImage(shared.path("images/car.png"));
      const options = { segments: "grid", count: rows * columns };
      const run = await attribute(technique, { model, image, target: 9, options });
      const wanted = Array.from({ length: 32 * 32 }, (_, at) => {
        const row = Math.floor(Math.floor(at / 32) * rows / 32);
        return expected[row * columns + Math.floor(at % 32 * columns / 32)];
      });
      near(run.attribution, wanted, 1e-4, technique);
      model.network.dispose();
    },
  });
}

Deno.test({
  name: `Kernel SHAP of a few coalitions comes near to that of all${absence}`,
  ignore: !hasShared,
  fn: async () => {
    await useBackend("wasm");
    const weights = shared.path("models/resnet20-12fca82f.th");
    const model = await loadModel("resnet20-cifar", { weights });
    const image = await loadImage(shared.path("images/car.png"));
    const explain = async (samples: number) => {
      const options = { segments: "grid", count: 9, samples };
      return (await attribute("kernel-shap", { model, image, target: 9, options })).attribution;
    };
    const all = await explain(510), most = await explain(500), few = await explain(60);
    const away = (some: ArrayLike<number>) => relativeError(some, all);
    assert.ok(away(most) < 0.3 && away(few) > away(most), `${away(most)}, ${away(few)}`);
    model.network.dispose();
  },
});

Deno.test("gray pictures and single outputs: Kernel SHAP adds up, LIME fits the score", async () => {
  await useBackend("wasm");
  const model = grayOne.model(), image = syntheticPicture(grayOne.width, grayOne.height);
  const options = { count: 6 };
  const { attribution, figures } = await attribute("kernel-shap", { model, image, options });
  const shares = [...new Set(attribution)];
  const change = Number(figures!.scoreChange);
  assert.equal(shares.length, figures!.segments);
  assert.ok(Math.abs(sum(shares) - change) < 1e-5 * Math.abs(change));
  const lime = await attribute("lime", { model, image, options: { count: 6, samples: 60 } });
  assert.equal(lime.figures!.fitted, "score");
  model.network.dispose();
});

Deno.test("a picture that looks like its fill has nothing to share out", async () => {
  await useBackend("wasm");
  const { model } = tangled();
  const image = { width: 11, height: 13, data: new Uint8ClampedArray(429).fill(128) };
  const options = { fill: "segment", count: 4 };
  for (const technique of ["kernel-shap", "lime"] as const) {
    const run = await attribute(technique, { model, image, options });
    assert.ok(run.attribution.every((v) => Math.abs(v) < 1e-5));
    assert.match(run.diagnosis.join(" "), /does not change the (score|probability)/);
  }
  model.network.dispose();
});

Deno.test("regressions: as elimination solves them; of several solutions, the shortest", () => {
  const number = fc.double({ min: -2, max: 2, noNaN: true });
  fc.assert(fc.property(
    fc.array(
      fc.tuple(number, number, number, number, fc.double({ min: 0.1, max: 2, noNaN: true })),
      {
        minLength: 8,
        maxLength: 20,
      },
    ),
    fc.double({ min: 0.1, max: 3, noNaN: true }),
    (rows, ridge) => {
      const regression = new Regression(3), spread = new Spread();
      for (const [a, b, c, y, w] of rows) {
        regression.add([a, b, c], y, w);
        spread.add(y, w);
      }
      const wide = rows.map(([a, b, c]) => [a, b, c, 1]);
      const expected = eliminate(
        [0, 1, 2, 3].map((i) =>
          [0, 1, 2, 3].map((k) =>
            sum(wide.map((row, n) => rows[n][4] * row[i] * row[k])) +
            (i === k && i < 3 ? ridge : 0)
          )
        ),
        [0, 1, 2, 3].map((i) => sum(wide.map((row, n) => rows[n][4] * row[i] * rows[n][3]))),
      );
      const { coefficients, intercept, rest } = regression.fit({ intercept: true, ridge });
      [...coefficients, intercept].forEach((v, i) =>
        assert.ok(Math.abs(v - expected[i]) < 1e-8, `${v} is not ${expected[i]}`)
      );
      const left = sum(
        wide.map((row, n) =>
          rows[n][4] * (rows[n][3] - sum(row.map((v, i) => v * expected[i]))) ** 2
        ),
      );
      assert.ok(Math.abs(rest - left) < 1e-8);
    },
  ));
  const two = new Regression(3);
  two.add([1, 1, 0], 2, 1);
  two.add([1, 1, 1], 5, 3);
  assert.deepEqual([...two.fit().coefficients].map((v) => Math.round(v * 1e5) / 1e5), [1, 1, 3]);
});
