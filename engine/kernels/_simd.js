import source module from "./simd.wasm";
import source shared from "./simd_shared.wasm";
export { module, shared };
export const name = "simd";
