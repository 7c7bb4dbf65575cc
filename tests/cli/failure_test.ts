/** What people get wrong: a line that helps, the right exit code, and nothing left behind or lost. */
import assert from "node:assert/strict";
import { call, name, text, zippedPth } from "../models/_pth.ts";
import {
  entries,
  file,
  phosphene,
  pictureFile,
  scratch,
  start,
  weightsFile,
  withoutLoading,
} from "./_phosphene.ts";

const weights = await weightsFile("resnet20-cifar");
const model = ["--model", "resnet20-cifar", "--weights", weights, "--backend", "cpu"];
const picture = await pictureFile("picture.png");
const runs = scratch("runs");
Deno.mkdirSync(`${runs}/earlier`, { recursive: true });
Deno.writeTextFileSync(`${runs}/earlier/manifest.json`, "{}");

/** Fails where anything was added to the runs that were there, or taken away. */
function unchanged() {
  assert.deepEqual(entries(runs), ["earlier"]);
  assert.deepEqual(entries(`${runs}/earlier`), ["manifest.json"]);
  assert.equal(Deno.readTextFileSync(`${runs}/earlier/manifest.json`), "{}");
}

/** A PNG's signature and header that claims this size. */
function pngHeader(width: number, height: number): Uint8Array {
  const chunk = new Uint8Array(4 + 13 + 4);
  chunk.set(new TextEncoder().encode("IHDR"));
  const view = new DataView(chunk.buffer);
  view.setUint32(4, width);
  view.setUint32(8, height);
  chunk.set([8, 2, 0, 0, 0], 12);
  let crc = ~0;
  for (const byte of chunk.subarray(0, 17)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  view.setUint32(17, ~crc);
  return Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, ...chunk);
}

const marker = scratch("executed");
const hostile = file("hostile.pth", zippedPth(call(name("os", "system"), text(`touch ${marker}`))));
const saved = Deno.readFileSync(new URL("../fixtures/weights/legacy.pth", import.meta.url));
const truncated = file("truncated.th", saved.subarray(0, Math.floor(saved.length * 0.6)));
const plain = file("plain", "not a folder");

const run = ["--out", runs];

/** A plugin whose technique is saliency but for some fields. */
const plugin = (name: string, changes: string) =>
  file(
    name,
    `import { saliency } from "${new URL("../../techniques/saliency.ts", import.meta.url)}";
    export default { ...saliency, id: "broken", ${changes} };`,
  );
const thrower = plugin("thrower.ts", 'async *run() { throw new TypeError("out of luck"); }');
const faults: [what: string, args: string[], message: RegExp][] = [
  [
    "a wrong layer",
    ["filter-viz", ...model, "--layer", "layer9", ...run],
    /"layer9".*nearest: "layer1"/,
  ],
  ["a wrong class", ["saliency", picture, ...model, "--class", "shipp", ...run], /"shipp".*"ship"/],
  [
    "a class out of range",
    ["saliency", picture, ...model, "--class", "10", ...run],
    /class 10.*0 to 9/,
  ],
  ["a missing file", ["saliency", scratch("no.png"), ...model, ...run], /no\.png".*no such file/],
  [
    "a text named .png",
    ["saliency", file("text.png", "I am a text.\n"), ...model, ...run],
    /text\.png".*looks like text.*PNG, JPEG/,
  ],
  [
    "a header of 60000×60000",
    ["saliency", file("huge.png", pngHeader(60_000, 60_000)), ...model, ...run],
    /huge\.png".*60000.60000/,
  ],
  [
    "truncated weights",
    ["saliency", picture, "--model", "resnet20-cifar", "--weights", truncated, ...run],
    /truncated\.th"/,
  ],
  [
    "a pickle that would run a command",
    ["saliency", picture, "--model", "resnet20-cifar", "--weights", hostile, ...run],
    /hostile\.pth".*os\.system.*Nothing of the file was executed/,
  ],
  [
    "a file in place of --out",
    ["saliency", picture, ...model, "--out", plain],
    /Cannot write to ".*plain": a file is in/,
  ],
  [
    "--out under a file",
    ["saliency", picture, ...model, "--out", `${plain}/runs`],
    /Cannot write to ".*plain\/runs": a file is in the way; choose another folder with --out/,
  ],
  [
    "an option out of range",
    ["filter-viz", ...model, "--steps", "0", ...run],
    /--steps takes a whole number from 1 to 100000; found 0\.$/m,
  ],
  [
    "no weights",
    ["saliency", picture, "--model", "resnet20-cifar", ...run],
    /resnet20-cifar.*--weights resnet\.safetensors/,
  ],
  ["an unknown command", ["salency", picture], /no command "salency"; nearest: "saliency"/],
  [
    "an unknown option",
    ["deepdream", picture, "--chanel", "3"],
    /no option "--chanel"; nearest: "--channel"/,
  ],
  ["a missing argument", ["saliency"], /[Mm]issing required argument 'image'/],
  [
    "a missing plugin",
    ["techniques", "--plugin", scratch("no.ts")],
    /plugin ".*no\.ts": there is no such/,
  ],
  [
    "a plugin of something else",
    ["techniques", `--plugin=${file("other.ts", "export default { id: 'x' };")}`],
    /plugin ".*other\.ts": its default export is neither a technique nor/,
  ],
  [
    "a plugin that is there already",
    [
      "techniques",
      `--plugin=${
        file(
          "again.ts",
          `export { saliency as default } from "${new URL(
            "../../techniques/saliency.ts",
            import.meta.url,
          )}";`,
        )
      }`,
    ],
    /there is already a technique "saliency"\.$/m,
  ],
  [
    "a plugin without a paper",
    ["--help", "--plugin", plugin("paperless.ts", "paper: undefined")],
    /plugin ".*paperless\.ts": of the technique "broken", paper is missing/,
  ],
  [
    "a plugin of a command's name",
    ["techniques", "--plugin", plugin("named.ts", 'id: "compare"')],
    /plugin ".*named\.ts": there is already a command "compare"\.$/m,
  ],
  [
    "a plugin that cannot be read",
    ["--help", "--plugin", file("syntax.ts", "export default {")],
    /Cannot load the plugin ".*syntax\.ts": /,
  ],
  [
    "a plugin that throws when it runs",
    ["broken", picture, ...model, ...run, "--plugin", thrower],
    /technique "broken" of the plugin ".*thrower\.ts" failed: TypeError: out of luck \(line 2\)\.$/m,
  ],
  [
    "a plugin that gives back nothing",
    ["broken", picture, ...model, ...run, "--plugin", plugin("empty.ts", "async *run() {}")],
    /technique "broken" of the plugin ".*empty\.ts" returned something .*: nothing was returned/,
  ],
];

for (const [what, args, message] of faults) {
  Deno.test(`told in a line, with exit code 2 and no run left: ${what}`, async () => {
    const { code, out, err } = await phosphene(...args);
    assert.match(err, /^error: [^\n]+\n$/);
    assert.match(err, message);
    assert.equal(code, 2);
    assert.equal(out, "");
    unchanged();
    assert.equal(Deno.readTextFileSync(plain), "not a folder");
    assert.deepEqual(entries(marker), []);
    assert.throws(() => Deno.statSync(marker), Deno.errors.NotFound);
  });
}

Deno.test("our own fault is told with its stack and exit code 1, and leaves no run", async () => {
  const broken = file(
    "broken.ts",
    `import { saliency } from "${new URL("../../techniques/saliency.ts", import.meta.url)}";
    const own = { ...saliency, id: "other" };
    saliency.run = async function* () { throw new TypeError("out of luck"); };
    export default own;`,
  );
  const { code, out, err } = await phosphene(
    "saliency", // the library's own, which a plugin has broken here for want of a fault of ours
    picture,
    ...model,
    ...run,
    `--plugin=${broken}`,
  );
  assert.equal(code, 1);
  assert.equal(out, "");
  assert.match(
    err,
    /^TypeError: out of luck\n {4}at .*broken\.ts:3[^]*\nThis is a bug in Phosphene\. .*\n$/,
  );
  unchanged();
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: `${signal} in the middle of a run ends it with 130 and leaves nothing`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const child = start(["deepdream", picture, ...model, "--steps", "100000", ...run]);
      let said = "", killed = false;
      for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
        said += part;
        if (killed || !said.includes("picture.png 1/100000")) continue;
        child.kill(signal);
        killed = true;
      }
      const printed = await new Response(child.stdout).text();
      assert.equal((await child.status).code, 130);
      assert.match(
        withoutLoading(said),
        /^deepdream picture\.png 1\/100000 [^]*\ninterrupted\n$/,
      );
      assert.equal(printed, "");
      unchanged();
    },
  });
}

Deno.test("a reader that goes away is no crash", async () => {
  const child = start(["layers", "resnet152d"]);
  await child.stdout.cancel();
  assert.equal(await new Response(child.stderr).text(), "");
  assert.equal((await child.status).code, 0);
});

Deno.test({
  name: "SIGINT ends a command that lets nothing through, too",
  ignore: Deno.build.os === "windows",
  async fn() {
    const endless = file(
      "endless.ts",
      `import { saliency } from "${new URL("../../techniques/saliency.ts", import.meta.url)}";
      export default { ...saliency, id: "endless", async *run() {
        console.error("blocked");
        for (;;);
      } };`,
    );
    const child = start(["endless", picture, ...model, ...run, `--plugin=${endless}`]);
    let said = "", killed = false;
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      said += part;
      if (killed || !said.includes("blocked")) continue;
      child.kill("SIGINT");
      killed = true;
    }
    assert.equal(await new Response(child.stdout).text(), "");
    assert.equal((await child.status).code, 130);
    assert.match(said, /\ninterrupted\n$/);
    unchanged();
  },
});
