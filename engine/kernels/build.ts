/** Compiles simd.ts (AssemblyScript) to simd.wasm: `deno task kernels`. */

/**
 * The bytes of simd.wasm, made from simd.ts.
 *
 * @throws {Error} with the compiler's words when the source does not compile, and a module error
 *   when the compiler is not installed and cannot be.
 */
export async function compile(): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc");
  const source = await Deno.readTextFile(new URL("./simd.ts", import.meta.url));
  let wasm: Uint8Array | undefined;
  const flags = "--runtime stub --importMemory --noExportMemory --enable simd --noAssert -O3";
  const { error, stderr } = await asc.main(
    ["simd.ts", "--outFile", "simd.wasm", "--converge", ...flags.split(" ")],
    {
      readFile: (name) => name === "simd.ts" ? source : null,
      writeFile: (_name, contents) => void (wasm = contents as Uint8Array),
      listFiles: () => [],
    },
  );
  if (error || !wasm) throw new Error(`simd.ts does not compile: ${stderr.toString()}`);
  return wasm;
}

if (import.meta.main) {
  await Deno.writeFile(new URL("./simd.wasm", import.meta.url), await compile());
}
