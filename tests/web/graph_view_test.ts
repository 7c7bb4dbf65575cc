import assert from "node:assert/strict";
import { type LayerTree, layerTree } from "../../engine/layer_tree.ts";
import { architectureOf } from "../../models/mod.ts";
import { draw, lastPart, layerIn, viewOf, wayTo } from "../../web/graph_view.ts";

const { graph, inputSize } = await architectureOf("resnet18");
const tree = layerTree(graph, inputSize, "resnet18");
const at = (name: string) => viewOf(graph, layerIn(tree, name)!)!;
const labels = (name: string) => at(name).boxes.map(({ label }) => label);

Deno.test("a network's parts are its outermost layers, one behind the other", () => {
  const { boxes, edges } = at("");
  const ids = boxes.filter(({ layer }) => layer).map(({ id }) => id);
  assert.deepEqual(ids.slice(0, 8), [
    ...["conv1", "bn1", "act1", "maxpool"],
    ...["layer1", "layer2", "layer3", "layer4"],
  ]);
  assert.ok(edges.some(([from, to]) => from === "layer1" && to === "layer2"));
  assert.deepEqual(boxes.find(({ id }) => id === "layer2"), {
    id: "layer2",
    label: "layer2",
    shape: [28, 28, 128],
    layer: "layer2",
    holds: true,
  });
});

Deno.test("a block shows its skip connection, by an addition that has no name", () => {
  const { boxes, edges } = at("layer2.0");
  assert.ok(labels("layer2.0").includes("downsample"));
  const into = (id: string) => edges.filter(([, to]) => to === id).map(([from]) => from);
  const sum = boxes.find(({ layer, label }) => !layer && label === "add");
  assert.ok(sum);
  assert.deepEqual(into(sum.id).sort(), ["layer2.0.bn2", "layer2.0.downsample"]);
  assert.equal(labels("layer2.0")[0], "in");
  assert.ok(into("layer2.0.conv1").length === 1 && into("layer2.0.downsample").length === 1);
});

Deno.test("a single operation has no parts", () =>
  assert.equal(viewOf(graph, layerIn(tree, "conv1")!), undefined));

Deno.test("boxes of a drawing do not lie over each other, and lines join them", () => {
  const view = at("layer2.0"), drawing = draw(view, (sizes) => sizes.join("×"));
  for (const [i, a] of drawing.boxes.entries()) {
    assert.ok(a.x - a.width / 2 >= 0 && a.x + a.width / 2 <= drawing.width);
    for (const b of drawing.boxes.slice(i + 1)) {
      const apart = Math.abs(a.x - b.x) >= (a.width + b.width) / 2 ||
        Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
      assert.ok(apart, `${a.id} and ${b.id}`);
    }
  }
  assert.equal(drawing.lines.length, view.edges.length);
});

Deno.test("the way to a layer has the layers that there are, whatever dots its name has", () => {
  const layer = (name: string, ...children: LayerTree[]): LayerTree => ({
    name,
    shape: [1],
    parameters: 0,
    multiplyAdds: 0,
    node: name,
    children,
  });
  const odd = layer("", layer("v1.0/a b"), layer("block", layer("block.x.1?")));
  const way = (name: string) => wayTo(odd, name)?.map(({ name }) => name);
  assert.deepEqual(way("v1.0/a b"), ["", "v1.0/a b"]);
  assert.deepEqual(way("block.x.1?"), ["", "block", "block.x.1?"]);
  assert.equal(way("block.x"), undefined);
  assert.equal(lastPart("block.x.1?", "block"), "x.1?");
});
