/** A site of the documentation that tells of plugins too. */
import assert from "node:assert/strict";
import { sectionsOf } from "../docs/_nav.ts";
import { allPages, pages } from "../docs/_pages.ts";
import { site } from "../docs/site/mod.ts";
import { defineMetric, z } from "../kit.ts";
import { metrics } from "../metrics/mod.ts";
import { loadPlugin } from "../run/plugins/mod.ts";

const root = new URL("../", import.meta.url);

Deno.test("a plugin's techniques and metrics stand in the site; it has no pictures of them", async () => {
  await loadPlugin(new URL("examples/plugin_technique.ts", root).href);
  metrics.add(defineMetric({
    id: "upper-half",
    title: "Upper half",
    summary: "The share of the map in the upper half of the picture",
    caution: "What hangs belongs there.",
    paper: { citation: "A test", url: "https://example.org/", equation: "Σ_upper |a| / Σ |a|" },
    better: "neither",
    options: z.object({ share: z.number().default(0.5).describe("Where it ends") }),
    async *judge() {
      yield { step: 1, of: 1 };
      return { value: 0 };
    },
  }));
  const made = await pages(), files = new Map<string, string | Uint8Array>();
  const sections = sectionsOf([...made.keys()]);
  for await (const [path, content] of site({ pages: await allPages(made), sections, root })) {
    files.set(path, content);
  }
  const page = (path: string) => files.get(path) as string;
  assert.match(
    page("reference/metrics.html"),
    /Others.*Upper half.*What hangs belongs there.*share/s,
  );
  assert.match(page("techniques/index.html"), /href="gradient-sign.html"/);
  assert.match(page("techniques/gradient-sign.html"), /When not to trust it/);
  assert.doesNotMatch(page("techniques/gradient-sign.html"), /images\/gradient-sign|Try it/);
});
