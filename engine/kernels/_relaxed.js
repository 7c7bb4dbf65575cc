import source simd from "./relaxed.wasm";
export default simd;
export const name = "relaxed-simd";
