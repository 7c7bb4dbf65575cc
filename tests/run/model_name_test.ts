import assert from "node:assert/strict";
import { modelName } from "../../run/model_name.ts";

Deno.test("a model given as a file is called by its file's name, or by its folder's", () => {
  const names: Record<string, string> = {
    "resnet50": "resnet50",
    "resnet50.a1_in1k": "resnet50.a1_in1k",
    "hf-hub:timm/resnet50.a1_in1k": "hf-hub:timm/resnet50.a1_in1k",
    "tiny.onnx": "tiny.onnx",
    "model.json": "model.json",
    "./model.json": "model.json",
    "nets/tiny.onnx": "tiny.onnx",
    "/nets/mobilenet/model.json": "mobilenet",
    "/nets/mobilenet/": "mobilenet",
    "C:\\nets\\lenet\\model.onnx": "lenet",
    "../model.safetensors": "model.safetensors",
    "https://example.org/nets/tiny.onnx?v=2": "tiny.onnx",
    "file:///nets/my%20net/model.keras": "my net",
    "file:///nets/100%/x.onnx": "x.onnx",
    "/nets/50%/model.json": "50%",
    "..": "..",
  };
  for (const [id, name] of Object.entries(names)) assert.equal(modelName(id), name, id);
});
