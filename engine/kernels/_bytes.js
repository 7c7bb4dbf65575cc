// The modules that this engine takes, from their files' bytes: Node 22 knows no source imports.
import { platform } from "../../platform/mod.ts";

const compiled = async (name) =>
  await WebAssembly.compile(await platform.readFile(new URL(name, import.meta.url)));
const both = async (name, file) => ({
  module: await compiled(`./${file}.wasm`),
  shared: await compiled(`./${file}_shared.wasm`),
  name,
});

export const { module, shared, name } = await both("relaxed-simd", "relaxed")
  .catch(() => both("simd", "simd"));
