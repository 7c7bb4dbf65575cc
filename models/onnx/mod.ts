/**
 * ONNX models: a file of protobuf, and perhaps files of numbers beside it, become a graph like any
 * other, whose backward pass is the engine's own.
 *
 * Layers are called as PyTorch calls its modules, where the export tells them, else as the file calls
 * its nodes. A final softmax or sigmoid is left out, and the name of its layer means the logits.
 */
import type { ModelAdapter } from "../../run/model.ts";
import { looksLikeOnnx } from "./recognize.ts";

/** The reader is loaded when it is first needed: most commands read no file of this format. */
const reader = () => import("./reader.ts");

/** ONNX models, by content, or by the http(s) address of a file whose name ends in .onnx. */
export const onnx: ModelAdapter = {
  id: "onnx",
  title: "ONNX model",
  licence: "Apache-2.0 (the format); a model's own licence is its maker's",
  source: "https://onnx.ai/onnx/",
  models: [],
  namesOutputs: true,
  accepts: (id) => /^https?:[^?#]*\.onnx([?#].*)?$/i.test(id),
  recognizes: ({ path, bytes, head }) => looksLikeOnnx(head, bytes, /\.onnx$/i.test(path)),
  architecture: async (id) => await (await reader()).architecture(id),
  load: async (id, options) => await (await reader()).load(id, onnx.title, options),
};
