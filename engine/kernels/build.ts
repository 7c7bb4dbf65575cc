/** Compiles simd*.ts (AssemblyScript) to simd.wasm and relaxed.wasm: `deno task kernels`. */

const here = (name: string) => new URL(name, import.meta.url);

/** The modules that the sources make, and what each asks of the machine. */
export const modules = {
  "simd.wasm": ["simd"],
  /** Multiplies and adds in one instruction, where the WebAssembly engine has that. */
  "relaxed.wasm": ["simd", "relaxed-simd"],
} as const;

/**
 * The bytes of a module, made from the sources.
 *
 * @throws {Error} with the compiler's words when the sources do not compile, and a module error
 *   when the compiler is not installed and cannot be.
 */
export async function compile(name: keyof typeof modules): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc");
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      ...["simd.ts", "simd_conv.ts", "simd_exact.ts", "simd_dense.ts", "--outFile", name],
      ..."--runtime stub --importMemory --initialMemory 1 --noExportMemory".split(" "),
      ..."--noAssert -O3 --converge".split(" "),
      ...modules[name].flatMap((feature) => ["--enable", feature]),
    ],
    {
      readFile: (file) => file.startsWith("simd") ? Deno.readTextFile(here(`./${file}`)) : null,
      writeFile: (_name, contents) => void (wasm = contents as Uint8Array),
      listFiles: () => [],
    },
  );
  if (error || !wasm) throw new Error(`${name} does not compile: ${stderr.toString()}`);
  return wasm;
}

if (import.meta.main) {
  for (const name of Object.keys(modules) as (keyof typeof modules)[]) {
    await Deno.writeFile(here(`./${name}`), await compile(name));
  }
}
