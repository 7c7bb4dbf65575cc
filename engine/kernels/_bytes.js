// The module that this engine takes, from its file's bytes: Node 22 knows no source imports.
import { platform } from "../../platform/mod.ts";

const compiled = async (name) =>
  await WebAssembly.compile(await platform.readFile(new URL(name, import.meta.url)));

export const { module: default_, name } = await compiled("./relaxed.wasm")
  .then((module) => ({ module, name: "relaxed-simd" }))
  .catch(async () => ({ module: await compiled("./simd.wasm"), name: "simd" }));
export { default_ as default };
