/** Models whose weights come from the hub, from torchvision's server or from an address. */
import assert from "node:assert/strict";
import { UserError } from "../../../core/errors.ts";
import { writeSafetensors } from "../../../core/safetensors.ts";
import { sizeOf, values } from "../../../core/values.ts";
import { recognizedBy } from "../../../models/catalogue/mod.ts";
import { fileAt } from "../../../models/hub/address.ts";
import { inventory, keptModels, removeKept } from "../../../models/hub/cache.ts";
import { torchShapes } from "../../../models/_torch.ts";
import { readConfig } from "../../../models/hub/config.ts";
import { architectureOf, loadModel } from "../../../models/mod.ts";
import { pullOf } from "../../../models/pull.ts";
import { bytesOf, COMMIT, cut, type Hub, sha256, startHub } from "./_hub.ts";

/** Runs a test whose environment names a hub, and an empty home. */
async function withHub(test: (hub: Hub, home: string) => Promise<unknown>) {
  await using hub = await startHub();
  const home = `${hub.cache}-home`;
  const said = {
    HF_ENDPOINT: hub.endpoint,
    HF_HUB_CACHE: hub.cache,
    XDG_CACHE_HOME: home,
    HF_HUB_DISABLE_IMPLICIT_TOKEN: "1",
  };
  const before = Object.keys(said).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(said)) Deno.env.set(name, value);
  try {
    await test(hub, home);
  } finally {
    for (const [name, value] of before) {
      value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    }
  }
}

const refused = (message: RegExp, code?: string) => (error: unknown) => {
  assert.ok(error instanceof UserError, String((error as Error).stack));
  assert.match(error.message, message);
  if (code) assert.equal(error.code, code);
  return true;
};

/** A file of weights that fit, all zero. */
async function weightsOf(architecture: string) {
  const { graph } = await architectureOf(architecture);
  return writeSafetensors(Object.fromEntries(
    [...torchShapes(graph)].map(([name, shape]) =>
      [name, values(new Float32Array(sizeOf(shape)), shape)] as const
    ),
  ));
}

Deno.test("an architecture without weights takes its published ones, with names of classes", () =>
  withHub(async (hub) => {
    const bytes = await weightsOf("resnet18");
    hub.large.set("timm/resnet18.a1_in1k/model.safetensors", bytes);
    const told: number[] = [];
    const model = await loadModel("resnet18", { onProgress: (received) => told.push(received) });
    assert.equal(model.id, "resnet18.a1_in1k");
    assert.equal(model.loaded!.id, "resnet18.a1_in1k");
    assert.deepEqual(model.weights, {
      sha256: sha256(bytes),
      source: `hf-hub:timm/resnet18.a1_in1k@${COMMIT}`,
    });
    assert.equal(model.labels[166], "Walker hound");
    assert.equal(told.at(-1), bytes.length);

    hub.asked.length = 0;
    const again = await loadModel("resnet18.a1_in1k", { preprocess: { resize: 300 } });
    assert.deepEqual(hub.asked, []);
    assert.equal(again.preprocess.resize, 300);

    // the same numbers in a file of the user's: names too, and what the family says of pictures
    const path = `${hub.cache}-own.safetensors`;
    await Deno.writeFile(path, bytes);
    const own = await loadModel("resnet18", { weights: path });
    assert.deepEqual([own.id, own.labels[166]], ["resnet18", "Walker hound"]);
    assert.deepEqual(
      (await loadModel("resnet18.tv_in1k", { weights: path })).preprocess.resize,
      256,
    );

    // what the disk changed
    const blob = `${hub.cache}/models--timm--resnet18.a1_in1k/blobs/${sha256(bytes)}`;
    await Deno.writeFile(blob, bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1));
    await assert.rejects(
      loadModel("resnet18"),
      refused(
        /^Cannot use ".*blobs.*its SHA-256 is .*, not .* Remove it, and it is fetched again\.$/,
      ),
    );
  }));

Deno.test("no network and an empty cache: one message, with what to do", () =>
  withHub(async (hub) => {
    const free = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = free.addr;
    free.close();
    Deno.env.set("HF_ENDPOINT", `http://127.0.0.1:${port}`);
    await assert.rejects(
      loadModel("resnet152d"),
      refused(
        new RegExp(
          `^The weights of resnet152d \\(resnet152d\\.ra2_in1k\\) are not in the cache yet, and ` +
            `cannot be fetched: http://127\\.0\\.0\\.1:${port} cannot be reached: .*refused\\. With a ` +
            `network they are fetched once; a file of them works too: ` +
            "`weights: resnet152d\\.safetensors`\\.$",
        ),
        "no-network",
      ),
    );
    Deno.env.set("HF_HUB_OFFLINE", "1");
    try {
      await assert.rejects(loadModel("vgg11"), refused(/HF_HUB_OFFLINE is set/, "no-network"));
    } finally {
      Deno.env.delete("HF_HUB_OFFLINE");
    }
    assert.deepEqual(hub.asked, []);
    await assert.rejects(loadModel("resnet20-cifar"), refused(/needs weights/, "bad-option"));
  }));

Deno.test("a repository says itself what it is: nested or flat, with names of classes", () =>
  withHub(async (hub) => {
    const names = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen", "ibis", "jay"];
    const bytes = await weightsOf("resnet20-cifar"), repo = "ada/insects";
    hub.large.set(`${repo}/pytorch_model.bin`, bytes); // what it holds counts, not what it is called
    const config = { architecture: "resnet20-cifar", num_classes: 10, model_args: { a: 1 } };
    const declared = { input_size: [3, 32, 32], crop_pct: 1, mean: [0.5, 0.4, 0.3] };
    hub.small.set(
      `${repo}/config.json`,
      JSON.stringify({ ...config, label_names: names, pretrained_cfg: declared }),
    );
    const notes: string[] = [];
    const model = await loadModel(`hf-hub:${repo}`, { onNote: (note) => notes.push(note) });
    assert.equal(model.id, `hf-hub:${repo}@${COMMIT}`);
    assert.equal(model.loaded!.id, model.id);
    assert.deepEqual(model.labels, names);
    assert.deepEqual(model.preprocess.mean, [0.5, 0.4, 0.3]);
    assert.deepEqual(model.inputSize, { width: 32, height: 32 });
    assert.match(notes.join(), /says model_args \{"a":1\}; that is not read/);

    hub.asked.length = 0;
    const again = await loadModel(model.id);
    assert.deepEqual(hub.asked, []);
    assert.equal(again.weights.sha256, sha256(bytes));
    assert.equal((await architectureOf(model.id)).inputSize.width, 32);

    const [kept, ...more] = (await inventory()).kept;
    assert.deepEqual([kept.id, more], [`hf-hub:${repo}`, []]);
    assert.ok(kept.bytes > bytes.length);

    hub.small.set("ada/other/config.json", JSON.stringify({ architecture: "vit_base" }));
    hub.small.set("ada/none/config.json", JSON.stringify({ architecture: "resnet18" }));
    for (
      const [id, message] of [
        ["ada/other", /^Cannot load "hf-hub:ada\/other": .*"vit_base", which is not known here\.$/],
        ["ada/none", /^Cannot load .* has none of model\.safetensors, pytorch_model\.bin\.$/],
        ["ada/nobody", /^Cannot load .* no such repository, or it is private/],
        ["ada", /There can be no file/],
      ] as const
    ) await assert.rejects(loadModel(`hf-hub:${id}`), refused(message));
  }));

Deno.test("both forms of a config.json are read, and other libraries' are named", () => {
  const flat = {
    architecture: "resnet50",
    num_classes: 3,
    input_size: [3, 160, 160],
    crop_pct: 0.95,
    interpolation: "bilinear",
    mean: [0.5, 0.5, 0.5],
    std: [0.25, 0.25, 0.25],
    labels: ["a", "b", "c"],
  };
  const { labels, architecture, num_classes, ...declared } = flat;
  const nested = { architecture, num_classes, label_names: labels, pretrained_cfg: declared };
  const read = readConfig(JSON.stringify(flat));
  assert.deepEqual(read, readConfig(JSON.stringify(nested)));
  assert.deepEqual(read, {
    architecture: "resnet50",
    classes: 3,
    labels: ["a", "b", "c"],
    unread: [],
    preprocess: {
      resize: 168,
      crop: 160,
      interpolation: "bilinear",
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.25, 0.25],
      range: 1,
      channelOrder: "rgb",
    },
  });
  const labelsIn = (json: unknown) =>
    readConfig(JSON.stringify({ architecture: "resnet50", ...json as object })).labels;
  assert.deepEqual(labelsIn({ id2label: { 0: "x", 1: "y" } }), ["x", "y"]);
  assert.deepEqual(
    labelsIn({ label_names: ["n1", "n2"], label_descriptions: { n1: "tench" } }),
    ["tench", "n2"],
  );
  assert.equal(labelsIn({ label_names: 7 }), undefined);
  for (
    const [text, message] of [
      [
        `{"architectures": ["ResNetForImageClassification"]}`,
        /no "architecture" as timm's do \(of "ResNetFor/,
      ],
      ["[1]", /its config\.json holds \[1\]/],
      ["{", /its config\.json is none/],
      [`{"architecture": "x", "pretrained_cfg": {"input_size": [3, 1, 2]}}`, /has the input_size/],
      [`{"architecture": "x", "crop_pct": "no"}`, /has the crop_pct "no"/],
      [`{"architecture": "x", "crop_mode": "border"}`, /has the crop_mode "border"/],
    ] as const
  ) assert.throws(() => readConfig(text), refused(message));
});

Deno.test("an address that says its hash is fetched once; another hash is refused", () =>
  withHub(async (hub, home) => {
    const bytes = await weightsOf("resnet20-cifar"), hash = sha256(bytes);
    hub.answer = ({ path }) => path === "/net.safetensors" ? new Response(bytes) : undefined;
    const url = `${hub.endpoint}/net.safetensors`, weights = `${url}#sha256=${hash}`;
    const model = await loadModel("resnet20-cifar", { weights });
    assert.deepEqual(model.weights, { sha256: hash, source: weights });
    await loadModel("resnet20-cifar", { weights });
    assert.equal(hub.asked.length, 1);
    assert.deepEqual(
      [...Deno.readDirSync(`${home}/phosphene/weights`)].map(({ name }) => name).sort(),
      [".locks", `${hash.slice(0, 16)}-net.safetensors`],
    );
    const notes: string[] = [];
    await loadModel("resnet20-cifar", { weights: url, onNote: (note) => notes.push(note) });
    assert.match(notes.join(), new RegExp(`was not kept; with "#sha256=${hash}" at its end`));

    const wrong = `${url}#sha256=${"0".repeat(64)}`;
    await assert.rejects(
      loadModel("resnet20-cifar", { weights: wrong }),
      refused(/^Cannot download "http.*": what came has the SHA-256 .*, not 0+, twice/, "bad-file"),
    );
    await assert.rejects(
      loadModel("resnet20-cifar", { weights: `${url}#sha256=12` }),
      refused(/has to be 64 hexadecimal digits/, "bad-option"),
    );
    const pulled = await (await pullOf(weights)).run({});
    assert.deepEqual([pulled.fetched, pulled.bytes], [false, bytes.length]);
    await assert.rejects(pullOf(url), refused(/it says no hash/));
  }));

Deno.test("a file from an address is gone on with as one of the hub's is", () =>
  withHub(async (hub) => {
    const bytes = bytesOf(50_000), url = `${hub.endpoint}/net-${sha256(bytes).slice(0, 8)}.pth`;
    hub.answer = ({ range }) => cut(bytes, 20_000, range);
    const path = await fileAt({ url, sha256: sha256(bytes).slice(0, 8) }, { pause: 1 });
    assert.deepEqual(await Deno.readFile(path), bytes);
    assert.deepEqual(hub.asked.map(({ range }) => range), [
      undefined,
      "bytes=20000-",
      "bytes=40000-",
    ]);
    hub.answer = () => new Response(null, { status: 404, statusText: "Not Found" });
    await assert.rejects(
      fileAt({ url: `${url}x`, sha256: "0".repeat(8) }, { pause: 1 }),
      refused(/^the server answered 404/, "no-file"),
    );
  }));

Deno.test("torchvision's files lie where torch.hub keeps them, and are found there", () =>
  withHub(async (_, home) => {
    const folder = `${home}/torch/hub/checkpoints`, name = "resnet50-11ad3fa6.pth";
    const url = `https://download.pytorch.org/models/${name}`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/${name}`, "not it");
    await Deno.writeTextFile(`${folder}/somebody-else.pth`, "theirs");
    const { path, fetched } = await (await pullOf(url)).run({});
    assert.deepEqual([path, fetched], [`${folder}/${name}`, false]);
    await assert.rejects(
      loadModel("resnet50", { weights: url }),
      refused(
        /^Cannot use ".*resnet50-11ad3fa6\.pth", .*its SHA-256 is .*, not 11ad3fa6\. Remove it/,
      ),
    );
    assert.deepEqual((await inventory()).kept.map(({ id }) => id), [name]);
    const [loads] = await keptModels(); // by the id that takes the file
    const { graph } = await architectureOf(loads);
    assert.deepEqual(graph, (await architectureOf(name.split("-")[0])).graph);
    assert.equal((await removeKept(name)).bytes, 6);
    assert.deepEqual([...Deno.readDirSync(folder)].map((one) => one.name), ["somebody-else.pth"]);
  }));

Deno.test("torchvision's files bring their preprocessing; what is only named like one is told", () =>
  withHub(async (hub) => {
    const bytes = await weightsOf("resnet18");
    await Deno.mkdir(`${hub.cache}-x`);
    const named = `${hub.cache}-x/resnet18-f37072fd.pth`;
    await Deno.writeFile(named, bytes);
    const notes: string[] = [];
    const model = await loadModel("resnet18", {
      weights: named,
      onNote: (note) => notes.push(note),
    });
    assert.match(notes.join(), /is named as a file of torchvision's, but its SHA-256 begins with/);
    assert.equal(model.preprocess.resize, 235);
    assert.equal(recognizedBy(`f37072fd${"0".repeat(56)}`)!.preprocess.resize, 256);
  }));

Deno.test("what is kept is listed with what is of others, and removed by its id", () =>
  withHub(async (hub) => {
    assert.deepEqual(await inventory(), {
      folder: hub.cache,
      kept: [],
      others: { count: 0, bytes: 0 },
    });
    hub.large.set("timm/vgg11.tv_in1k/model.safetensors", bytesOf(1000));
    hub.large.set("timm/vgg13.tv_in1k/model.safetensors", bytesOf(3000));
    assert.equal((await (await pullOf("vgg11")).run({})).fetched, true);
    assert.equal((await (await pullOf("vgg11.tv_in1k")).run({})).fetched, false);
    hub.answer = ({ server }) => server === "cdn" ? new Response(null, { status: 404 }) : undefined;
    await Deno.mkdir(`${hub.cache}/models--timm--vgg13.tv_in1k/blobs`, { recursive: true });
    const half = `${hub.cache}/models--timm--vgg13.tv_in1k/blobs/abc.incomplete`;
    await Deno.writeFile(half, bytesOf(500));
    await Deno.mkdir(`${hub.cache}/models--meta--llama/blobs`, { recursive: true });
    await Deno.writeFile(`${hub.cache}/models--meta--llama/blobs/x`, bytesOf(700));
    const { kept, others } = await inventory();
    assert.deepEqual(kept.map(({ id, bytes, incomplete }) => [id, bytes, incomplete]), [
      ["vgg11.tv_in1k", 1000 + COMMIT.length, 0],
      ["vgg13.tv_in1k", 500, 500],
    ]);
    assert.deepEqual(others, { count: 1, bytes: 700 });
    assert.deepEqual(await keptModels(), ["vgg11.tv_in1k"]); // the other is not whole
    await assert.rejects(
      removeKept("meta/llama"),
      refused(/^Nothing is kept of "meta\/llama"; nearest: "vgg1/),
    );
    assert.equal((await removeKept("vgg11")).id, "vgg11.tv_in1k");
    await removeKept("vgg13.tv_in1k");
    assert.deepEqual(hub.names(), ["CACHEDIR.TAG", "models--meta--llama/blobs/x"]);
  }));
