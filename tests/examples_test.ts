/** The examples run as they stand; the documentation shows them. */
import assert from "node:assert/strict";
import {
  attribute,
  loadImage,
  loadModel,
  loadPlugin,
  type Technique,
  useBackend,
  UserError,
} from "../mod.ts";

const root = new URL("../", import.meta.url);

/** What each prints; `demo.ts` takes too long. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  "ask.ts":
    /^layer3 is 1,16,16,64\nthe logit of cat is [\d.]+\nits gradient at layer3 is 1,16,16,64$/,
  "explain.ts": /^cat-4\.png: cat, then \w+\nsaliency: .*\ngrad-cam: .*\nintegrated-gradients: .*$/,
  "objective.ts": /^cat rather than \w+, by [\d.]+\npreference\.png$/,
  "saved_runs.ts":
    /^Grad-CAM: 8,8, shown as 64,64\n[^]*\nphosphene grad-cam [^]*\nthe same map: true$/,
  "targets.ts": /^20 classes of a softmax\ncat − \w+ \d+\.\d\d\nmean of cat and \w+ -?\d+\.\d\d$/,
  "turns.ts":
    /^saliency on wasm, grad-cam on wasm\n(\d+ of 200 masks; the network says cat\n)+done: RISE/,
};

/** Techniques to plug in: they are run below. */
const PLUGINS = ["plugin_agreement.ts", "plugin_technique.ts"];

Deno.test("every example is run here", async () => {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(new URL("examples/", root))) {
    if (name.endsWith(".ts")) found.push(name);
  }
  assert.deepEqual(found.sort(), [...Object.keys(PRINTS), ...PLUGINS, "demo.ts"].sort());
});

for (const [name, prints] of Object.entries(PRINTS)) {
  Deno.test(`examples/${name} does what it says`, async () => {
    const cwd = await Deno.makeTempDir();
    try {
      const lock = decodeURIComponent(new URL("deno.dev.lock", root).pathname);
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "-A",
          `--lock=${lock}`,
          "--frozen",
          new URL(`examples/${name}`, root).href,
        ],
        cwd,
        env: { NO_COLOR: "1" },
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      assert.match(new TextDecoder().decode(stdout).trimEnd(), prints);
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  });
}

/** The one technique of an example. */
async function pluggedIn(name: string): Promise<Technique> {
  const { techniques: [technique] } = await loadPlugin(new URL(`examples/${name}`, root).href);
  return technique;
}

Deno.test("examples/plugin_technique.ts: the sign of saliency's gradient", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet");
  const image = await loadImage(new URL("examples/images/cat-4.png", root));
  const sign = await attribute(await pluggedIn("plugin_technique.ts"), { model, image });
  const saliency = await attribute("saliency", { model, image });
  assert.deepEqual(sign.attribution, saliency.attribution);
  const sums = sign.map.map((_, i) =>
    saliency.attribution.slice(3 * i, 3 * i + 3).reduce((a, b) => a + b)
  );
  assert.deepEqual([...sign.map], [...sums].map((sum) => (1 + Math.sign(sum)) / 2));
  model.network.dispose();
});

Deno.test("examples/plugin_agreement.ts: the product of two maps, and no others", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet");
  const image = await loadImage(new URL("examples/images/cat-4.png", root));
  const agreement = await pluggedIn("plugin_agreement.ts");
  const [both, cam, saliency] = [
    await attribute(agreement, { model, image }),
    await attribute("grad-cam", { model, image }),
    await attribute("saliency", { model, image }),
  ];
  assert.deepEqual([...both.attribution], [...cam.map.map((v, i) => v * saliency.map[i])]);
  for (const [first, reason] of [["agreement", /run itself/], ["lrp", /signed/]] as const) {
    await assert.rejects(attribute(agreement, { model, image, options: { first } }), (error) => {
      assert.ok(error instanceof UserError && error.option === "first");
      assert.match(error.message, reason);
      return true;
    });
  }
  model.network.dispose();
});
