/** Calls are checked where they are written: each mistake is an error of the compiler's, at its place. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

/** What the calls below are written with. */
const PRELUDE = `
import {
  attribute, deepdream, defineTechnique, gradCam, type Model, type Picture, techniques, type Technique,
  type Values, visualize,
} from "${new URL("mod.ts", root)}";
import { z } from "${new URL("deps/zod.ts", root)}";
declare const model: Model, image: Picture, id: string, some: Technique, map: Values;
declare module "${new URL("mod.ts", root)}" {
  interface Attributions {
    /** A plugin's. */
    readonly "declared": { readonly grid: number };
  }
}
const mine = defineTechnique({
  id: "mine", title: "Mine", kind: "attribution", summary: "One", caution: "None",
  paper: { citation: "", url: "", equation: "" },
  options: z.object({ grid: z.int().default(3), needed: z.string() }),
  async *run({ options }) {
    yield { step: options.grid satisfies number, of: 3 };
    return { attribution: map, map, colors: "gray", overlay: 1 };
  },
});
const request = { model, image };
`;

/** Calls that are right. */
const RIGHT = [
  `await attribute("grad-cam", { model, image, options: { layer: "layer4", signed: true } })`,
  `(await attribute("grad-cam", request)).options.combine satisfies "mean" | "mean-first" | "max"`,
  `(await attribute("grad-cam", request)).map satisfies Float32Array`,
  `await attribute(gradCam, { model, image, options: { layer: ["layer3", "layer4"] } })`,
  `(await attribute(gradCam, request)).options.overlay satisfies number`,
  `await attribute("integrated-gradients", { model, image, options: { steps: "auto" }, target: "a - b" })`,
  `await attribute(id, { model, image, options: { whatever: 3 } })`,
  `await attribute(techniques.get("mine"), { model, image, options: { grid: 4 } })`,
  `await attribute(some, request)`,
  `await attribute(mine, { model, image, options: { needed: "x" } })`,
  `await attribute("declared", { model, image, options: { grid: 3 } })`,
  `for (const id of ["saliency", "lrp"]) await attribute(id, request)`,
  `for (const id of ["saliency", "lrp"] as const) await attribute(id, { model, image, seed: 3 })`,
  `(await visualize("deepdream", { model, image, options: { optimizer: "adam" } })).losses satisfies readonly number[]`,
  `(await visualize(deepdream, { model, image })).options.steps satisfies number`,
  `await visualize("filter-viz", { model, options: { layer: "layer4", channel: 3 } })`,
  `await visualize(some, { model })`,
];

/** Mistakes, and what the compiler says. */
const WRONG: readonly [call: string, told: RegExp][] = [
  // the id
  [`attribute("grad-cm", request)`, /"grad-cm".*NoSuchAttribution/],
  [`visualize("deep-dream", request)`, /"deep-dream".*NoSuchVisualization/],
  // an option's name
  [`attribute("grad-cam", { model, image, options: { layr: "a" } })`, /'layr'.*'layer'/],
  [`attribute(gradCam, { model, image, options: { layr: "a" } })`, /'layr'.*'layer'/],
  [`attribute(mine, { model, image, options: { gird: 3 } })`, /'gird' does not exist/],
  [`visualize("filter-viz", { model, options: { chanel: 1 } })`, /'chanel'.*'channel'/],
  // its type
  [`attribute("rise", { model, image, options: { masks: "many" } })`, /'string'.*'number'/],
  [`attribute(mine, { model, image, options: { needed: 1 } })`, /'number'.*'string'/],
  // its choices
  [`attribute("grad-cam", { model, image, options: { combine: "sum" } })`, /"sum".*"mean-first"/],
  [`visualize("deepdream", { model, image, options: { optimizer: "lion" } })`, /"lion".*"adam"/],
  // the picture
  [`attribute("saliency", { model })`, /'image'.*missing/],
  [`attribute(gradCam, { model })`, /'image'.*missing/],
  [`visualize("deepdream", { model })`, /'image'.*missing/],
  [`visualize("filter-viz", { model, image })`, /'Picture'.*'undefined'/],
  // the kind
  [`attribute("deepdream", request)`, /"deepdream".*NoSuchAttribution/],
  [`attribute(deepdream, request)`, /NoSuchAttribution/],
  [`visualize("saliency", request)`, /"saliency".*NoSuchVisualization/],
  [`visualize(gradCam, request)`, /NoSuchVisualization/],
  // and further
  [`attribute(mine, { model, image, options: {} })`, /'needed'.*missing/],
  [`visualize("deepdream", { model, image, target: 1 })`, /'target'/],
  [`attribute("saliency", { model, image, option: {} })`, /'option'/],
];

Deno.test("each mistake of a call is an error of the compiler's; what is right is none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/calls.ts`, before = PRELUDE.split("\n").length + RIGHT.length;
    const calls = [...RIGHT.map((call) => `${call};`), ...WRONG.map(([call]) => `await ${call};`)];
    await Deno.writeTextFile(file, [PRELUDE, ...calls].join("\n") + "\nexport {};\n");
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--lock=deno.dev.lock", "--frozen", "--config=deno.json", file],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    const faults = new TextDecoder().decode(stderr).split(/^(?=TS\d+ )/m).slice(1)
      .map((told) => ({ line: Number(/calls\.ts:(\d+):\d+$/m.exec(told)?.[1]), told }));
    WRONG.forEach(([call, expected], i) => {
      const told = faults.filter(({ line }) => line === before + i + 1).map(({ told }) => told);
      assert.equal(told.length, 1, `${call} is told ${told.length} times`);
      assert.match(told[0].replace(/\s+/g, " "), expected);
    });
    const others = faults.filter(({ line }) => line <= before);
    assert.deepEqual(others, [], "calls that are right");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
