export * from "npm:@tensorflow/tfjs-backend-cpu@4.22.0";
