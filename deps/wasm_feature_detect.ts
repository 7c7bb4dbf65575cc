export { simd } from "npm:wasm-feature-detect@1.9.0";
