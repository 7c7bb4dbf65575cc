import source simd from "./relaxed.wasm";
export default simd;
