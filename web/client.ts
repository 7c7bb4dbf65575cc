/** What runs in the browser: takes over the islands of the page. Bundled by `deno task islands`. */
import { h, hydrate } from "../deps/preact.ts";
import { islands } from "./islands/mod.ts";

for (const element of document.querySelectorAll<HTMLElement>("[data-island]")) {
  const island = islands.find(({ displayName }) => displayName === element.dataset.island);
  if (island) hydrate(h(island, JSON.parse(element.dataset.props!)), element);
}
