import source module from "./relaxed.wasm";
import source shared from "./relaxed_shared.wasm";
export { module, shared };
export const name = "relaxed-simd";
