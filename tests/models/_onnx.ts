/** Writes ONNX models to a folder of their own, loads them, and looks at what came of it. */
import assert from "node:assert/strict";
import { loadModel, type Model, UserError } from "../../mod.ts";
import { onnxFile, type OnnxModel, type OnnxNode, some, type Tensor } from "../_support/onnx.ts";

export const root = await Deno.makeTempDir({ prefix: "onnx-" });
Deno.test.afterAll(() => Deno.remove(root, { recursive: true }));

let files = 0;
/** Writes a model and loads it. */
export async function load(
  model: OnnxModel | Uint8Array,
  options: Parameters<typeof loadModel>[1] = {},
): Promise<Model> {
  const path = `${root}/${files++}.onnx`;
  await Deno.writeFile(path, model instanceof Uint8Array ? model : onnxFile(model));
  return await loadModel(path, options);
}

/** Fails where a model is not refused in these words. */
export async function refused(
  model: OnnxModel | Uint8Array,
  message: RegExp,
  code = "bad-file",
): Promise<void> {
  await assert.rejects(load(model), (error: Error) => {
    assert.ok(error instanceof UserError, error.stack);
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  });
}

export const conv = (name: string, input: string, output: string, weight: string): OnnxNode => ({
  op: "Conv",
  name,
  inputs: [input, weight],
  outputs: [output],
});
export const pooled = (input: string, output: string): OnnxNode => ({
  op: "GlobalAveragePool",
  inputs: [input],
  outputs: [output],
});
export const weight = (name: string, ...shape: number[]): Tensor => ({
  name,
  shape,
  data: some(...shape),
});

/** A classifier of four classes. */
export const small: OnnxModel = {
  nodes: [
    conv("Conv_0", "x", "1", "w"),
    { op: "Relu", inputs: ["1"], outputs: ["2"] },
    pooled("2", "y"),
  ],
  weights: [weight("w", 4, 3, 3, 3)],
};
