export * from "npm:@tensorflow/tfjs-core@4.22.0";
