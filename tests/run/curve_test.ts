import assert from "node:assert/strict";
import { rasterize } from "../../image/_svg.ts";
import { drawCurve, lossPoints } from "../../run/curve.ts";

Deno.test("a curve goes through the places that its axes say", () => {
  const svg = drawCurve([0, 0.5, 1, 0.25])!;
  assert.match(svg, /<polyline points="50,308 238.67,172 427.33,36 616,240"/);
  assert.match(svg, /<text x="42" y="40.33" text-anchor="end">1.0<\/text>/);
  assert.match(svg, /<text x="42" y="312.33" text-anchor="end">0<\/text>/);
  assert.match(svg, /<text x="238.67" y="329" text-anchor="middle">2<\/text>/);
  for (const name of ["loss", "step"]) assert.ok(svg.includes(`>${name}</text>`), name);
  assert.match(svg, /<title id="losses-title">Loss over 4 steps<\/title>/);
  assert.match(
    svg,
    />From 0\.000 at step 1 to 0\.2500 at step 4; at least 0\.000, at most 1\.000\.<\/desc>/,
  );
});

Deno.test("losses that are not finite are left out, and two must be left", () => {
  assert.deepEqual(lossPoints([NaN, 3, null, Infinity, 1]), [[2, 3], [5, 1]]);
  for (const losses of [[], [1], [NaN, 1, -Infinity]]) assert.equal(drawCurve(losses), undefined);
  assert.match(drawCurve([2, NaN, 1])!, /<polyline points="\d+,\S+ 616,\S+"/);
});

Deno.test("a long curve is thinned evenly and keeps its ends", () => {
  const points = lossPoints(Array.from({ length: 10_000 }, (_, i) => 5 - i));
  assert.equal(points.length, 400);
  assert.deepEqual([points[0], points.at(-1)], [[1, 5], [10_000, -9994]]);
  const gaps = points.slice(1).map(([step], i) => step - points[i][0]);
  assert.ok(gaps.every((gap) => gap === 25 || gap === 26), String(gaps));
  assert.equal(drawCurve(new Array(10_000).fill(1))!.match(/[\d.]+,[\d.]+/g)!.length, 400);
});

Deno.test("it is drawn on a ground of its own, whatever the losses are", async () => {
  for (
    const losses of [[0, 1], [5, 5, 5], [-1e300, 1e300], [1e-320, 0], [-1234567.1, -1234567.4]]
  ) {
    const svg = drawCurve(losses)!;
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    const { width, height, data } = await rasterize(svg); // which takes well-formed XML alone
    assert.deepEqual([width, height], [640, 360]);
    assert.deepEqual([...data.subarray(0, 3)], [255, 255, 255]);
    let blue = 0;
    for (let i = 0; i < data.length; i += 3) blue += Number(data[i + 2] > data[i] + 60);
    assert.ok(blue > 500, `${losses}: ${blue} pixels of the line`);
  }
});
