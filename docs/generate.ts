/**
 * Writes the documentation: the pages of techniques and models, from what the code says of itself,
 * and the pictures, from what it makes of the sample pictures and the built-in networks.
 *
 *     deno task docs [--pages]
 */
import { OPTION_TYPES, optionTypes } from "./_option_types.ts";
import { pages } from "./_pages.ts";
import { pictures } from "./_pictures.ts";

const here = new URL("./", import.meta.url);

async function write(path: string, content: string | Uint8Array): Promise<void> {
  const url = new URL(path, here);
  await Deno.mkdir(new URL("./", url), { recursive: true });
  if (typeof content === "string") await Deno.writeTextFile(url, content);
  else await Deno.writeFile(url, content);
}

await write(`../${OPTION_TYPES}`, await optionTypes());
for (const [path, text] of await pages()) await write(path, text);
if (!Deno.args.includes("--pages")) {
  for await (const [path, bytes] of pictures()) {
    await write(path, bytes);
    console.log(`docs/${path} ${(bytes.length / 1000).toFixed(0)} kB`);
  }
}
