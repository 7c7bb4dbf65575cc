// @ts-self-types="./_module.d.ts"
// JavaScript because TypeScript does not know source imports, which need no read permission.
import source simd from "./simd.wasm";
export default simd;
