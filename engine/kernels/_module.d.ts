/** relaxed.wasm or simd.wasm, compiled: it imports `env.memory` and exports functions of numbers. */
declare const simd: WebAssembly.Module;
export default simd;
