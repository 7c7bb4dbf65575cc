export * from "npm:onnx-buf@1.20.0-1";
