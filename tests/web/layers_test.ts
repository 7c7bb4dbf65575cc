import assert from "node:assert/strict";
import { values } from "../../core/values.ts";
import { decodeImage } from "../../image/mod.ts";
import { paintChannel } from "../../web/_channel.ts";
import { withGallery } from "./_gallery.ts";

const CAT = new URL("../../examples/images/cat-4.png", import.meta.url);
const SETTINGS = {
  models: [{ id: "phosphene-resnet" }],
  samples: [{ name: "cat-4.png", url: CAT }],
  backend: "wasm",
} as const;
const LAYER = "/models/phosphene-resnet/layers/layer3";

Deno.test("a channel is painted from zero, on its own scale or its layer's", async () => {
  // two places of two channels: 0 and 1; 2 and 4
  const activation = values(Float32Array.from([0, 2, 1, 4]), [1, 2, 2]);
  const brightness = async (channel: number, common: boolean) => {
    const { data } = await paintChannel(activation, { layer: "x", channel, common });
    return [0, 3].map((at) => data[at] + data[at + 1] + data[at + 2]);
  };
  const [dark, bright] = await brightness(0, false);
  assert.ok(dark < 10 && bright > 600);
  assert.equal((await brightness(1, false))[1], bright);
  assert.equal((await brightness(1, true))[1], bright); // its 4 is the layer's largest
  assert.ok((await brightness(0, true))[1] < bright); // its 1 is not
  const signed = values(Float32Array.from([-1, 0, 1]), [1, 3, 1]);
  const { data } = await paintChannel(signed, { layer: "x", channel: 0, common: false });
  assert.ok(data[2] > data[0] && data[6] > data[8]); // blue below zero, red above
  await assert.rejects(
    paintChannel(activation, { layer: "x", channel: 2, common: false }),
    /There is no channel 2 in x: it has 2, 0 to 1/,
  );
});

Deno.test("a layer's page leads to each of its channels, and these to their neighbours", () =>
  withGallery(SETTINGS, async ({ ask, faults }) => {
    const text = async (path: string) => (await (await ask(path)).text()).replaceAll("&amp;", "&");
    const model = await text("/models/phosphene-resnet?picture=cat-4.png");
    assert.ok(model.includes(`href="${LAYER}?picture=cat-4.png"`));
    const layer = await text(`${LAYER}?picture=cat-4.png`);
    const channels = [...layer.matchAll(/layers\/layer3\/channels\/(\d+)\?picture=cat-4\.png"/g)];
    assert.deepEqual(channels.map(([, n]) => Number(n)), Array.from({ length: 64 }, (_, n) => n));
    const strongest = await text(`${LAYER}?picture=cat-4.png&order=strength`);
    const first = /channels\/(\d+)\?/.exec(strongest)![1];
    const means = [...layer.matchAll(/title="mean ([\d.e-]+),/g)].map(([, mean]) => Number(mean));
    assert.equal(means[Number(first)], Math.max(...means));

    const channel = await text(`${LAYER}/channels/12?picture=cat-4.png`);
    for (const beside of [11, 13]) assert.ok(channel.includes(`${LAYER}/channels/${beside}?`));
    const png = await ask(`${LAYER}/channels/12/activation.png?picture=cat-4.png`);
    const { width, height } = await decodeImage(await png.bytes(), "activation.png");
    assert.deepEqual([width, height], [16, 16]);
    // what makes its picture is asked of the form that makes any run
    for (const technique of ["deepdream", "filter-viz", "feature-viz"]) {
      const form = new RegExp(`action="/new/${technique}"[^>]*>(.*?)</form>`).exec(channel)![1];
      assert.match(form, /name="option-layer" value="layer3"/);
      assert.match(form, /name="option-channel" value="12"/);
    }
    assert.deepEqual(faults, []);
  }));

Deno.test("a layer of a network that cannot be loaded still shows what it is made of", () =>
  withGallery(
    { ...SETTINGS, models: [{ id: "resnet18", weights: "none.safetensors" }] },
    async ({ ask, faults }) => {
      const answer = await ask("/models/resnet18/layers/layer2"), page = await answer.text();
      assert.equal(answer.status, 200);
      assert.match(page, /aria-label="Graph of layer2"/);
      assert.match(page, /<p class="fault">[^<]*none\.safetensors/);
      assert.deepEqual(faults, []);
    },
  ));

Deno.test("what is not there is said to be missing", () =>
  withGallery(SETTINGS, async ({ ask, faults }) => {
    for (
      const path of [
        "/models/none/layers/layer3",
        "/models/phosphene-resnet/layers/layer9",
        `${LAYER}/channels/64`,
        `${LAYER}/channels/x`,
        "/models/phosphene-resnet/layers/..%2F..",
      ]
    ) assert.equal((await ask(path)).status, 404, path);
    assert.equal((await ask(`${LAYER}/channels/1/activation.png?picture=gone`)).status, 400);
    assert.deepEqual(faults, []);
  }));
