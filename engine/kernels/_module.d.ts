/** relaxed.wasm or simd.wasm, compiled: it imports `env.memory` and exports functions of numbers. */
export declare const module: WebAssembly.Module;
/** The same for memory that threads share. */
export declare const shared: WebAssembly.Module;
/** Which of the two it is. */
export declare const name: "relaxed-simd" | "simd";
