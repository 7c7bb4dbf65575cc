/** Manifests of any kind: one run's is that run's fault, and the gallery goes on. */
import { exportGallery } from "../../web/export.ts";
import { openGallery } from "../../web/gallery.ts";
import { honoHost } from "../../web/hosts/hono.ts";
import { parseManifest } from "../../run/manifest.ts";
import { loadRun } from "../../run/load.ts";
import { manifestOf, writeRun } from "../web/_gallery.ts";
import { muchDamaged } from "./_bytes.ts";
import { changedJson } from "./_json.ts";
import { refusal, type Target } from "./_target.ts";

const seed = manifestOf({
  plugins: [{ file: "a.ts", sha256: "ab" }],
  result: {
    diagnosis: ["The map is flat; a larger `epsilon` is steadier."],
    losses: [1, null, 0.5, 0.25],
    figures: { layer: "layer4.1", share: 0.5 },
    colors: "diverging",
    scale: { low: -1, high: null },
  },
  options: { overlay: 0.85, layer: "layer4.1", channel: 3, mean: [0, 1], size: "32x32" },
});

const folder = await Deno.makeTempDir({ prefix: "fuzz-manifest-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const runs = `${folder}/runs`, odd = `${runs}/odd/manifest.json`;
let n = 0;

/** Everything that reads a runs folder; the good run is there after all, the odd one shown or damaged. */
async function shown(): Promise<void> {
  const faults: Error[] = [];
  const gallery = await openGallery({
    folder: runs,
    readOnly: true,
    onFault: (e) => faults.push(e),
  });
  const { fetch } = honoHost(gallery);
  const ask = async (path: string) => {
    const headers = { host: "localhost:8080" };
    const answer = await fetch(new Request(`http://localhost:8080${path}`, { headers }));
    const text = await answer.text();
    if (answer.status >= 500) throw faults[0] ?? new Error(`${path}: ${answer.status}`);
    return { status: answer.status, text };
  };
  try {
    const entry = gallery.index.get("odd");
    if (!gallery.index.has("good") || !entry) throw new Error("a run is not listed");
    for (
      const path of [
        "/",
        "/runs/odd",
        "/?q=layer&technique=saliency",
        "/models",
        "/compare?run=odd&run=good",
      ]
    ) {
      const { status } = await ask(path);
      if (status !== 200) throw new Error(`${path}: ${status}`);
    }
    const page = (await ask("/runs/odd")).text;
    if (entry.damage !== undefined && !page.includes("damaged")) {
      throw new Error("it is shown as whole");
    }
    if (n % 20 === 0) await exportGallery(gallery, `${folder}/site-${n}`);
    if (faults.length) throw faults[0];
  } finally {
    gallery.close();
    await Deno.remove(`${folder}/site-${n}`, { recursive: true }).catch(() => {});
  }
}

const target: Target = {
  async prepare() {
    await writeRun(runs, "good");
    await writeRun(runs, "odd");
  },
  input(random) {
    const bytes = new TextEncoder().encode(changedJson(random, seed));
    return random.next() < 0.05 ? muchDamaged(random, bytes) : bytes;
  },
  async survives(bytes) {
    const { manifest, damage } = parseManifest(new TextDecoder().decode(bytes));
    if (damage !== undefined && (/[\n\p{Cc}]/u.test(damage) || damage.length > 400)) {
      throw new Error(`no line: ${JSON.stringify(damage)}`);
    }
    // the pages take a hundred times as long as the parser, and a damaged run's are all alike
    if (n++ % (manifest ? 10 : 50) !== 0) return manifest !== undefined;
    Deno.writeFileSync(odd, bytes);
    await shown();
    try {
      const run = await loadRun(`${runs}/odd`);
      await run.values().catch(refusal);
      await run.picture("map").catch(refusal);
      return true;
    } catch (error) {
      return refusal(error);
    }
  },
};
export default target;
