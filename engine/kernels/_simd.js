import source simd from "./simd.wasm";
export default simd;
export const name = "simd";
