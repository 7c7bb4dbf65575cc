/** The catalogue: facts of timm and torchvision, under ids that models take. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import {
  entryOf,
  labelsOf,
  namedLike,
  published,
  recognizedBy,
  weightsOf,
} from "../../models/catalogue/mod.ts";
import { adapterFor, architectureOf, models } from "../../models/mod.ts";
import { sizeAfter } from "../../run/preprocess.ts";

const all = published().flatMap(weightsOf);

Deno.test("each id is one, and every entry can be used", () => {
  assert.ok(all.length > 300);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  for (const { id, architecture, from, preprocess, classes, licence, bytes } of all) {
    assert.match(id, /^[a-z][a-z0-9_]*\.[a-z0-9_]+$/);
    assert.equal(id.split(".")[0], architecture);
    assert.equal(entryOf(id)!.id, id);
    const { width, height } = sizeAfter(preprocess);
    assert.ok(width === height && width >= 128 && width <= 672, id);
    const { resize, crop } = preprocess;
    const side = typeof resize === "object" ? resize!.width : resize;
    assert.ok(side >= (crop as number), `${id}: nothing is cropped beyond the picture`);
    assert.ok([1000, 11221, 11821, 21841, 21843].includes(classes), id);
    assert.ok(licence && /^[a-z0-9.-]+$/.test(licence), id);
    if ("url" in from) {
      assert.match(
        from.url,
        /^https:\/\/download\.pytorch\.org\/models\/[\w.-]+-[0-9a-f]{8,}\.pth$/,
      );
      assert.ok(bytes! > 4e6);
    } else assert.equal(from.repo, `timm/${id}`);
  }
});

Deno.test("a bare architecture takes timm's default, else torchvision's", () => {
  for (
    const [architecture, id] of [
      ["resnet50", "resnet50.a1_in1k"],
      ["resnet101", "resnet101.a1h_in1k"],
      ["resnet152d", "resnet152d.ra2_in1k"],
      ["wide_resnet50_2", "wide_resnet50_2.racm_in1k"],
      ["vgg19", "vgg19.tv_in1k"],
      ["densenet121", "densenet121.ra_in1k"],
      ["mobilenetv2_100", "mobilenetv2_100.ra_in1k"],
      ["mobilenet_v2", "mobilenet_v2.tv2_in1k"],
      ["alexnet", "alexnet.tv_in1k"],
      ["convnext_tiny", "convnext_tiny.in12k_ft_in1k"],
    ]
  ) assert.equal(entryOf(architecture)?.id, id);
  for (
    const none of ["resnet20-cifar", "resnet50.a9_in1k", "constructor", "resnet50.constructor"]
  ) {
    assert.equal(entryOf(none), undefined, none);
  }
});

Deno.test("pictures are prepared as is declared", () => {
  const of = (id: string) => entryOf(id)!.preprocess;
  assert.deepEqual(
    [of("resnet152d.ra2_in1k").resize, of("resnet152d.ra2_in1k").crop],
    [269, 256],
  );
  assert.equal(of("resnet50.tv_in1k").interpolation, "bilinear");
  assert.deepEqual(of("mobilenet_v2.tv2_in1k"), {
    resize: 232,
    crop: 224,
    interpolation: "bilinear",
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    range: 1,
    channelOrder: "rgb",
  });
  // torchvision's own network shifts ImageNet's colours to these
  assert.deepEqual(of("googlenet").mean, [0.5, 0.5, 0.5]);
  assert.deepEqual(of("convnext_tiny.in12k_ft_in1k_384").resize, { width: 384, height: 384 });
});

Deno.test("what timm's families know as their own is what timm's default declares", async () => {
  const timms = ["resnet", "resnet-cifar", "vgg"]; // others' own layout is torchvision's
  for (
    const id of [...models].flatMap((family) => timms.includes(family.id) ? family.models : [])
  ) {
    const entry = entryOf(id);
    // its default weights are of another crop than the family's: 0.875, which their entry says
    if (entry && id !== "wide_resnet50_2") {
      assert.deepEqual((await architectureOf(id)).preprocess, entry.preprocess, id);
    }
  }
});

Deno.test("ids with tags are taken, and the nearest are told", async () => {
  for (const { published = [], id } of models) {
    for (const tagged of published) {
      assert.equal((await adapterFor(tagged)).id, id);
      assert.deepEqual((await architectureOf(tagged)).preprocess, entryOf(tagged)!.preprocess);
    }
  }
  await assert.rejects(adapterFor("resnet50.a9_in1k"), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /There is no model "resnet50\.a9_in1k"; nearest: "resnet50\.a\d/);
    return true;
  });
});

Deno.test("torchvision's files are known by their hash and by their name", () => {
  const second = recognizedBy(`11ad3fa6${"0".repeat(56)}`)!;
  assert.deepEqual(
    [second.id, second.preprocess.resize, second.preprocess.interpolation],
    ["resnet50.tv2_in1k", 232, "bilinear"],
  );
  assert.equal(namedLike("downloads/resnet50-0676ba61.pth")?.preprocess.resize, 256);
  assert.equal(recognizedBy("f".repeat(64)), undefined);
  assert.equal(namedLike("resnet50.pth"), undefined);
});

Deno.test("ImageNet's classes have names, each its own", async () => {
  const labels = (await labelsOf("resnet50", 1000))!;
  assert.equal(new Set(labels).size, 1000);
  for (
    const [index, name] of [
      [0, "tench"],
      [134, "crane bird"],
      [166, "Walker hound"],
      [517, "crane"],
      [638, "maillot"],
      [639, "maillot tank suit"],
      [999, "toilet tissue"],
    ] as const
  ) assert.equal(labels[index], name);
  assert.equal(await labelsOf("resnet50", 10), undefined);
  assert.equal(await labelsOf("resnet20-cifar", 1000), undefined);
});
