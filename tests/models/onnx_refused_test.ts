/** What is no ONNX model, or not one of ours: refused in one line that says what it is. */
import assert from "node:assert/strict";
import { loadModel } from "../../mod.ts";
import { onnxFile, type OnnxModel, type OnnxNode, Type } from "../_support/onnx.ts";
import { load, pooled, refused, root, small, weight } from "./_onnx.ts";

Deno.test("what is no ONNX model is called what it is", async () => {
  const whole = onnxFile(small);
  await Deno.writeFile(`${root}/named`, whole);
  assert.equal((await loadModel(`${root}/named`)).labels.length, 4, "it is known by its content");
  await refused(whole.subarray(0, 300), /it is damaged, or no ONNX model/);
  await refused(
    new TextEncoder().encode("version https://git-lfs"),
    /it is a Git LFS pointer/,
    "unsupported",
  );
  await assert.rejects(load(small, { weights: "w.safetensors" }), /an ONNX model has its own/);
});

const relu = (input: string, output: string, op = "Relu"): OnnxNode => ({
  op,
  name: `to ${output}`,
  inputs: [input],
  outputs: [output],
});

/** Models that are none, or not ours, and what is said of them. */
const WRONG: readonly [what: string, OnnxModel, RegExp, code?: string][] = [
  ["an old opset", { ...small, opset: 6 }, /opset 6; 7 to 25/, "unsupported"],
  ["a new opset", { ...small, opset: 99 }, /opset 99; 7 to 25/, "unsupported"],
  [
    "unknown operators, all at once",
    {
      ...small,
      nodes: [relu("x", "a", "Foo"), { ...relu("a", "b", "Bar"), domain: "own" }, relu("b", "y")],
    },
    /operators that are not supported: Foo \("to a"\), own\.Bar \("to b"\)/,
    "unsupported",
  ],
  ["a circle", { nodes: [relu("b", "a"), relu("a", "b"), relu("b", "y")] }, /in a circle/],
  ["a value from nowhere", { nodes: [relu("z", "y")] }, /"z" is read, but nothing gives it/],
  ["a value twice", { nodes: [relu("x", "y"), relu("x", "y")] }, /two of its nodes give "y"/],
  ["no nodes", { nodes: [] }, /one without nodes/],
  [
    "two weights of one name",
    { ...small, weights: [weight("w", 4, 3, 3, 3), weight("w", 4, 3, 3, 3)] },
    /two initializers "w"/,
  ],
  ["no picture", { ...small, inputs: { x: [1, 784] } }, /\[1, 784\]; pictures/, "unsupported"],
  [
    "two pictures",
    {
      nodes: [{ op: "Add", inputs: ["x", "z"], outputs: ["y"] }],
      inputs: { x: [1, 3, 8, 8], z: [1, 3, 8, 8] },
    },
    /2 inputs \("x", "z"\)/,
    "unsupported",
  ],
  [
    "an input more than an operator has",
    {
      nodes: [relu("x", "a"), { op: "Add", inputs: ["s", "s", "a"], outputs: ["y"] }],
      weights: [weight("s", 3)],
    },
    /it has 3 inputs, and takes 2/,
  ],
  ["nothing computed", { nodes: [relu("x", "y", "Identity")] }, /it computes nothing/],
  [
    "a constant output",
    { nodes: [relu("w", "y")], weights: [weight("w", 2)] },
    /does not follow from its input/,
    "unsupported",
  ],
  [
    "a weight that does not fit",
    { ...small, weights: [weight("w", 4, 5, 3, 3)] },
    /"Conv_0" \(Conv\): its weight \[4, 5, 3, 3\] in 1 groups does not fit 3 channels/,
  ],
  [
    "a weight of the wrong rank",
    { ...small, weights: [weight("w", 4, 3, 3)] },
    /its weight is \[4, 3, 3\]/,
    "unsupported",
  ],
  [
    "too few numbers",
    { ...small, weights: [{ name: "w", shape: [4, 3, 3, 3], data: [1, 2] }] },
    /needs 108 numbers and has 2/,
  ],
  [
    "slopes that do not fit",
    {
      nodes: [{ op: "PRelu", inputs: ["x", "a"], outputs: ["y"] }],
      inputs: { x: [1, 1, 8, 8] },
      weights: [weight("a", 3, 1, 1)],
    },
    /its slopes \[3, 1, 1\] do not fit \[1, 1, 8, 8\]/,
  ],
  [
    "an axis twice",
    { nodes: [{ op: "ReduceMean", inputs: ["x"], outputs: ["y"], attrs: { axes: [2, -2] } }] },
    /names an axis twice, \[2, -2\]/,
  ],
  [
    "absurd dimensions",
    { ...small, weights: [{ name: "w", shape: [2 ** 40, 3, 2 ** 40, 3], data: [1] }] },
    /needs .* numbers and has 1/,
  ],
  [
    "a Reshape that does not fit",
    {
      nodes: [{ op: "Reshape", inputs: ["x", "s"], outputs: ["y"] }],
      weights: [{ name: "s", shape: [2], type: Type.INT64, data: [1, 7] }],
    },
    /\[1, 3, 8, 8\] cannot become \[1, 7\]/,
  ],
  [
    "a constant that would grow",
    {
      nodes: [
        { op: "ConstantOfShape", inputs: ["s"], outputs: ["c"] },
        { op: "Add", inputs: ["x", "c"], outputs: ["y"] },
      ],
      weights: [{ name: "s", shape: [3], type: Type.INT64, data: [2 ** 20, 2 ** 20, 1] }],
    },
    /its constants have more than/,
  ],
  [
    "axes without end",
    {
      nodes: [{ op: "Unsqueeze", inputs: ["x", "n"], outputs: ["y"] }],
      weights: [{
        name: "n",
        shape: [50_000],
        type: Type.INT64,
        data: Array.from({ length: 50_000 }, (_, i) => i),
      }],
    },
    /it makes 50004 axes of it; 12 are the limit/,
  ],
  ...["Concat", "Max"].map((op): typeof WRONG[number] => [
    `${op} of nothing`,
    {
      nodes: [
        { op, inputs: [], outputs: ["c"], attrs: op === "Concat" ? { axis: 0 } : {} },
        { op: "Add", inputs: ["x", "c"], outputs: ["y"] },
      ],
    },
    /its input 1 is missing/,
  ]),
  [
    "classes without end",
    {
      nodes: [{ op: "Reshape", inputs: ["x", "s"], outputs: ["y"] }, relu("y", "z")],
      weights: [{ name: "s", shape: [2], type: Type.INT64, data: [1, -1] }],
      inputs: { x: [1, 3, 1024, 1024] },
      outputs: ["z"],
    },
    /it gives 3145728 numbers as classes; 1048576 are the limit/,
  ],
  [
    "numbers repeated without end",
    {
      nodes: [{ op: "Tile", inputs: ["x", "n"], outputs: ["y"] }],
      weights: [{ name: "n", shape: [4], type: Type.INT64, data: [1, 1, 2 ** 30, 1] }],
    },
    /it takes 8589934592 of an axis; 1048576 are the limit/,
  ],
  [
    "numbers repeated as often as their count would still be kept",
    {
      nodes: [{ op: "Tile", inputs: ["x", "n"], outputs: ["y"] }],
      weights: [{ name: "n", shape: [4], type: Type.INT64, data: [1, 1, 2 ** 20, 1] }],
    },
    /it takes 8388608 of an axis; 1048576 are the limit/,
  ],
  [
    "a value that would grow",
    {
      nodes: [{
        op: "Pad",
        inputs: ["x", "p"],
        outputs: ["y"],
      }],
      weights: [{
        name: "p",
        shape: [8],
        type: Type.INT64,
        data: [0, 0, 2 ** 20, 2 ** 20, 0, 0, 0, 0],
      }],
    },
    /numbers are the limit/,
  ],
  [
    "a bias for outputs without end",
    {
      nodes: [
        pooled("x", "1"),
        { op: "Flatten", inputs: ["1"], outputs: ["2"] },
        { op: "Gemm", inputs: ["2", "w", "b"], outputs: ["y"] },
      ],
      weights: [{ name: "w", shape: [0, 2 ** 40], data: [] }, weight("b", 1)],
    },
    /its weight takes 0 features, and it reads \[1, 3\]/,
  ],
  [
    "a weight of texts",
    { ...small, weights: [{ name: "w", shape: [1], type: Type.STRING }] },
    /numbers of the type STRING/,
    "unsupported",
  ],
];

for (const [what, model, message, code] of WRONG) {
  Deno.test(`refused: ${what}`, () => refused(model, message, code));
}
