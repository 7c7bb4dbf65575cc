import { z } from "../deps/zod.ts";
import { signedOptions } from "../core/options.ts";
import type { Random } from "../core/random.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { KernelShapOptions } from "./options.ts";
import { fitNotes, Regression, Spread } from "./_regression.ts";
import {
  type Coalition,
  fillOption,
  hiding,
  painted,
  scoreShown,
  segmentOptions,
} from "./_segments.ts";
import { signedResult } from "./_shown.ts";

/** Which coalitions of segments are tried, beside none and all, and how much each counts. */
interface Coalitions {
  readonly count: number;
  /** Asked for in order, each once. */
  member(index: number): Uint8Array;
  /** Of a coalition of so many segments. */
  weight(size: number): number;
}

/** Every one, weighed by the Shapley kernel. */
function everyOne(segments: number): Coalitions {
  const weights = [0], binomials = [1];
  for (let size = 1; size < segments; size++) {
    binomials.push(binomials[size - 1] * (segments - size + 1) / size);
    weights.push((segments - 1) / (binomials[size] * size * (segments - size)));
  }
  return {
    count: 2 ** segments - 2,
    member: (index) => Uint8Array.from({ length: segments }, (_, i) => (index + 1) >> i & 1),
    weight: (size) => weights[size],
  };
}

/** Drawn as the Shapley kernel weighs them: first their size, then who is in. */
function drawn(segments: number, count: number, random: Random): Coalitions {
  const shares = Array.from(
    { length: segments - 1 },
    (_, i) => 1 / ((i + 1) * (segments - i - 1)),
  );
  const whole = shares.reduce((a, b) => a + b, 0);
  const drawSize = () => {
    let left = random.next() * whole, size = 1;
    while (size < segments - 1 && left >= shares[size - 1]) left -= shares[size++ - 1];
    return size;
  };
  const member = () => {
    const coalition = new Uint8Array(segments);
    for (let open = drawSize(), i = 0; open > 0; i++) {
      // each of the rest is as likely to be in as any other
      if (random.next() * (segments - i) >= open) continue;
      coalition[i] = 1;
      open--;
    }
    return coalition;
  };
  return { count, member, weight: () => 1 };
}

const sizeOf = (coalition: Coalition) => {
  let size = 0;
  for (let i = 0; i < coalition.length; i++) size += coalition[i];
  return size;
};

/**
 * Kernel SHAP: the Shapley values of segments, by a weighted regression on coalitions of them. Where
 * all coalitions are tried, the values are exact. Each pixel has its segment's value: the attribution is
 * signed, `[height, width]`; over the segments, the values add up to the change of the score from the
 * picture of which nothing is shown, always. Captum's, whose 25 samples are too few for as many
 * segments as here; none and all are not samples of large weight, but conditions that hold exactly.
 */
export const kernelShap: AttributionTechnique<KernelShapOptions> = defineTechnique({
  id: "kernel-shap",
  title: "Kernel SHAP",
  kind: "attribution",
  summary: "Each segment's fair share of the score, by what it adds to coalitions of the others",
  caution:
    "Shares are fair among these segments and for this fill: others give others. Unless every " +
    "coalition was tried, it is an estimate, and another seed gives a slightly different one.",
  paper: {
    citation: "Lundberg, Lee 2017, A Unified Approach to Interpreting Model Predictions",
    url: "https://arxiv.org/abs/1705.07874",
    equation: "φ = argmin Σ_z π(z)·(S_c(x_z) − S_c(x_∅) − Σᵢ zᵢφᵢ)², Σᵢ φᵢ = S_c(x) − S_c(x_∅), " +
      "π(z) = (n − 1) / (C(n, |z|)·|z|·(n − |z|))",
  },
  options: signedOptions.extend({
    ...segmentOptions,
    samples: z.int().min(1).max(100_000).default(1000).describe(
      "Coalitions of segments to try; where there are no more, all are tried and the values are exact",
    ),
    fill: fillOption("zero"),
  }),
  async *run(context) {
    const { options: { samples, ...options }, target, random } = context;
    const parts = await hiding({ ...context, options }), { count: segments } = parts.segments;
    const isExact = 2 ** segments - 2 <= samples;
    const coalitions = isExact ? everyOne(segments) : drawn(segments, samples, random);
    const regression = new Regression(segments), spread = new Spread();
    // first none of them, then all
    const shown = (index: number) =>
      index < 2 ? new Uint8Array(segments).fill(index) : coalitions.member(index - 2);
    let empty = 0, whole = 0;
    const of = coalitions.count + 2;
    for await (const batch of scoreShown(context, parts, of, shown)) {
      const scores = target.scores(batch.logits);
      if (batch.from === 0) empty = scores[0];
      if (batch.from <= 1 && batch.to > 1) whole = scores[1 - batch.from];
      scores.forEach((score, i) => {
        if (batch.from + i < 2) return;
        const coalition = batch.coalitions[i], size = sizeOf(coalition), share = size / segments;
        const weight = coalitions.weight(size), even = share * (whole - empty);
        // what is found beyond even shares adds up to nothing, as these rows do
        const row = Float64Array.from(coalition, (isIn) => isIn - share);
        regression.add(row, score - empty - even, weight);
        spread.add(score, weight);
      });
      yield { step: batch.to, of };
    }
    const change = whole - empty, { coefficients, rest } = regression.fit();
    const shares = coefficients.map((beyond) => change / segments + beyond);
    const explained = spread.explained(rest);
    const sizes = { pictures: isExact ? Infinity : samples, segments };
    return signedResult(painted(parts.segments, shares), options, {
      figures: {
        segments,
        coalitions: of,
        scoreChange: change,
        baselineScore: empty,
        ...(explained === undefined ? {} : { explained }),
      },
      diagnosis: coalitions.count > 0 ? fitNotes(explained, "score", sizes) : [],
    });
  },
});
