import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { ancestors, descendants, INPUT, resolveLayer } from "../../engine/graph.ts";
import { architectureOf } from "../../models/mod.ts";
import { branched } from "../../conformance/networks.ts";
import fc from "../_support/property.ts";

const { graph: resnet50 } = await architectureOf("resnet50");
const { graph: vgg16 } = await architectureOf("vgg16");

Deno.test("a layer is found by its module's name, with brackets or dots", () => {
  assert.equal(resolveLayer(resnet50, "layer3[1].act3"), "layer3.1.act3");
  assert.equal(resolveLayer(resnet50, " layer3.1.act3 "), "layer3.1.act3");
  assert.equal(resolveLayer(vgg16, "features[17]"), "features.17");
  assert.equal(resolveLayer(resnet50, "input"), INPUT);
  assert.equal(resolveLayer(resnet50, "logits"), "fc");
});

Deno.test("a container's name, and another library's, mean its output", () => {
  assert.equal(resolveLayer(resnet50, "layer4"), "layer4.2.act3");
  assert.equal(resolveLayer(resnet50, "layer4[2]"), "layer4.2.act3");
  assert.equal(resolveLayer(resnet50, "layer4.2.relu"), "layer4.2.act3"); // torchvision's
  assert.equal(resolveLayer(resnet50, "avgpool"), "global_pool");
  assert.equal(resolveLayer(resnet50, "layer1.0.downsample"), "layer1.0.downsample.1");
  assert.equal(resolveLayer(vgg16, "features"), "features.30");
  assert.equal(resolveLayer(vgg16, "classifier[6]"), "head.fc");
});

Deno.test("an unknown layer is refused with the nearest names", () => {
  const message = (name: string, model?: string) => {
    try {
      resolveLayer(resnet50, name, model);
    } catch (error) {
      assert.ok(error instanceof UserError);
      return error.message;
    }
    assert.fail(`"${name}" was found`);
  };
  assert.match(
    message("layer9.0", "resnet50"),
    /^There is no layer "layer9\.0" in resnet50; nearest: /,
  );
  assert.match(message("layer9.0"), /nearest: "layer[1-4].0", "layer[1-4].0", "layer[1-4].0"\.$/);
  assert.match(message("layer4.2.act4"), /"layer4.2.act3"\.$/);
  for (const odd of ["", "constructor", "__proto__", "layer3[", "layer3[-1]"]) message(odd);
});

Deno.test("every name on the list, and every node, is understood", () => {
  for (const graph of [resnet50, vgg16, branched.model().network.graph]) {
    const nodes = new Set(graph.nodes.map((node) => node.name));
    for (const { name, node } of graph.modules) {
      assert.ok(node === INPUT || nodes.has(node), name);
      assert.equal(resolveLayer(graph, name), node);
    }
    for (const node of nodes) assert.ok(resolveLayer(graph, node));
    for (const [alias, node] of graph.aliases) assert.equal(resolveLayer(graph, alias), node);
  }
});

Deno.test("what a layer needs is in order, and nothing more", () => {
  fc.assert(
    fc.property(fc.constantFrom(...resnet50.nodes.map((n) => n.name)), (target) => {
      const needed = ancestors(resnet50, [target]);
      const seen = new Set([INPUT]);
      for (const node of needed) {
        assert.ok(node.inputs.every((input) => seen.has(input)), `${node.name} comes too early`);
        seen.add(node.name);
      }
      assert.equal(needed.at(-1)!.name, target);
      const read = new Set(needed.flatMap((node) => node.inputs));
      for (const node of needed) assert.ok(node.name === target || read.has(node.name));
    }),
    { numRuns: 40 },
  );
  assert.deepEqual(ancestors(resnet50, [INPUT]), []);
});

Deno.test("what lies between given values and wanted ones", () => {
  const names = (targets: string[], given: string[]) =>
    ancestors(chain(), targets, new Set(given)).map(({ name }) => name);
  assert.deepEqual(names(["d"], []), ["a", "b", "c", "d"]);
  assert.deepEqual(names(["d"], ["b", "c"]), ["d"]);
  assert.deepEqual(names(["d"], ["b"]), ["a", "c", "d"], "c still needs a");
  assert.deepEqual(names(["d", "b"], ["b", "c"]), ["d"]);
  assert.deepEqual([...descendants(chain(), "b")], ["b", "d"]);
});

/** a → b and c → d. */
function chain() {
  const net = new GraphBuilder();
  const a = net.relu("a", INPUT);
  return net.build(net.sum("d", [net.relu("b", a), net.relu("c", a)]));
}

Deno.test("the builder refuses what is no graph", () => {
  const net = new GraphBuilder();
  const x = net.relu("a", INPUT);
  assert.throws(() => net.relu("a", x), /has "a" already/);
  assert.throws(() => net.relu("input", x), /has "input" already/);
  assert.throws(() => net.relu("b", "c"), /reads "c", which is not in the graph yet/);
  assert.throws(() => net.add("d", "rule", x), /There is no op "rule"; nearest: "relu"/);
  assert.throws(() => net.add("d", "toString", x), /There is no op/);
});

Deno.test("containers are listed before what they hold, helpers not at all", () => {
  const net = new GraphBuilder();
  const start = net.mark();
  const a = net.relu("block.a", INPUT);
  const sum = net.unlisted(net.sum("block.sum", [a, a]));
  net.container("block", start, sum);
  net.alias("twice", sum);
  net.alias("block", a); // a listed name stays what it is
  const graph = net.build(sum);
  assert.deepEqual(graph.modules.map((m) => m.name), ["block", "block.a"]);
  assert.equal(resolveLayer(graph, "block"), "block.sum");
  assert.equal(resolveLayer(graph, "twice"), "block.sum");
});
