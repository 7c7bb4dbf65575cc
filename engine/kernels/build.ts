/** Compiles simd/ (AssemblyScript) to four WebAssembly modules: `deno task kernels`. */

const here = (name: string) => new URL(name, import.meta.url);

/** Enables multiplying and adding in one instruction, where the WebAssembly engine has that. */
const RELAXED = ["--enable", "relaxed-simd"];
/** Takes memory that threads share. */
const SHARED = ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"];

/** The modules that the sources make, and what each is compiled with. */
export const modules = {
  "simd.wasm": [],
  "relaxed.wasm": RELAXED,
  "simd_shared.wasm": SHARED,
  "relaxed_shared.wasm": [...RELAXED, ...SHARED],
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
      ...["simd/mod.ts", "--outFile", name, "--enable", "simd"],
      ..."--runtime stub --importMemory --initialMemory 1 --noExportMemory".split(" "),
      ..."--noAssert -O3 --converge".split(" "),
      ...modules[name],
    ],
    {
      // the compiler adds ".ts" to what has it already, and looks for a package's files, too
      readFile: (file) =>
        Deno.readTextFile(here(file.replace(/(\.ts)+$/, ".ts"))).catch(() => null),
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
