/**
 * Writes the pictures of the gallery's pages of techniques:
 *
 *     deno task technique-pictures
 */
import { useBackend } from "../engine/runtime.ts";
import { techniquePictures } from "./_technique_pictures.ts";

const root = new URL("../", import.meta.url);

await useBackend("wasm"); // the same bytes on every machine
for await (const [path, content] of techniquePictures()) {
  const url = new URL(path, root);
  await Deno.mkdir(new URL("./", url), { recursive: true });
  if (typeof content === "string") await Deno.writeTextFile(url, content);
  else await Deno.writeFile(url, content);
  console.log(`${path} ${(content.length / 1000).toFixed(1)} kB`);
}
