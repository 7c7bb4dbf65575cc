/** Logistic regression from products alone, against gradient descent on the numbers themselves. */
import assert from "node:assert/strict";
import { random } from "../../core/random.ts";
import { classify } from "../../concepts/_classifier.ts";
import { centred } from "../../concepts/_rows.ts";
import { near } from "../_support/tensors.ts";
import { dot, logistic } from "./_slow.ts";

/** Examples with a label, of which the ones lie `apart` from the others in the first number. */
function examples(seed: number, count: number, size: number, apart: number) {
  const stream = random(seed), labels = Array.from({ length: count }, (_, i) => i % 3 ? 1 : 0);
  const rows = labels.map((label) =>
    Array.from({ length: size }, (_, k) => stream.normal() + (k === 0 ? apart * label : 0))
  );
  const products = Float64Array.from(rows.flatMap((a) => rows.map((b) => dot(a, b))));
  return { rows, labels, products };
}

Deno.test("the direction and the bias are those that gradient descent finds", () => {
  for (const [count, size, apart] of [[12, 3, 1], [9, 20, 0], [20, 5, 4]]) {
    for (const penalty of [0.5, 0.05]) {
      const { rows, labels, products } = examples(count, count, size, apart);
      const { coefficients, bias } = classify(products, labels, penalty);
      const ours = rows[0].map((_, k) => dot(coefficients, rows.map((row) => row[k])));
      const slow = logistic(rows, labels, penalty);
      near([...ours, bias], [...slow.weights, slow.bias], 1e-5, `${count} of ${size}`);
    }
  }
});

Deno.test("at the minimum nothing pulls, however far apart or alike the examples are", () => {
  for (const scale of [1e-3, 1, 300]) {
    for (const apart of [0, 50]) {
      const { labels, products } = examples(4, 30, 8, apart), n = labels.length;
      const scaled = products.map((v) => v * scale ** 2), penalty = 0.01;
      const { coefficients, bias } = classify(scaled, labels, penalty);
      const what = `scale ${scale}, ${apart} apart`;
      labels.forEach((label, i) => {
        const f = bias + dot(coefficients, [...scaled.subarray(i * n, (i + 1) * n)]);
        const pull = (label - 1 / (1 + Math.exp(-f))) / (n * penalty);
        assert.ok(Math.abs(coefficients[i] - pull) < 1e-6, `${what}: ${coefficients[i]}, ${pull}`);
      });
      assert.ok(Math.abs(coefficients.reduce((a, b) => a + b, 0)) < 1e-6, what);
    }
  }
});

Deno.test("where the examples' mean lies does not matter, and a unit is taken out", () => {
  const { rows, labels } = examples(6, 15, 4, 1);
  const found = [0, 100].map((shift) => {
    const moved = rows.map((row) => row.map((v) => 3 * v + shift));
    const products = Float64Array.from(moved.flatMap((a) => moved.map((b) => dot(a, b))));
    const { own } = centred(products), n = labels.length;
    near([own.reduce((sum, v, i) => i % (n + 1) ? sum : sum + v / n, 0)], [1], 1e-9, "square");
    return classify(own, labels, 0.01).coefficients;
  });
  near(found[1], found[0], 1e-6, "shifted");
});
