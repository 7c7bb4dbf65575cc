/** Which channels are dead, constant or always on. */
import assert from "node:assert/strict";
import { sizeOf, values } from "../../core/values.ts";
import { Layer } from "../../jobs/kinds/_layer_scan.ts";
import { ChannelWatch, rectifiers } from "../../report/channels.ts";
import { channelCounts, channelsText } from "../../report/findings.ts";
import { INPUT } from "../../engine/graph.ts";
import { GraphBuilder, Network } from "../../kit.ts";

const PLACES = 64;

/** The values of a channel at the places of two pictures, by picture and place. */
type Channel = (picture: number, place: number) => number;

/** What is found of channels that are scanned in two tasks of one picture each. */
function found(...channels: readonly Channel[]) {
  const watch = new ChannelWatch(channels.length);
  for (const picture of [0, 1]) {
    const scan = new Layer(1), data = new Float32Array(PLACES * channels.length);
    for (let i = 0; i < data.length; i++) {
      data[i] = channels[i % channels.length](picture, Math.floor(i / channels.length));
    }
    scan.add(data, [1, 8, 8, channels.length], ["seed"]);
    watch.add(scan.result());
  }
  return watch.result("act");
}

Deno.test("channels are dead, constant or always on over all pictures, or none of these", () => {
  assert.deepEqual(
    found(
      () => 0, // dead
      (picture, place) => picture === 1 && place === 63 ? 1e-3 : 0, // one place of one picture
      () => 0.7, // constant
      (picture) => picture === 0 ? 0.7 : 0.9, // the same in each picture, but not in both
      (_, place) => 0.1 + place / 10, // always on
      (picture, place) => picture + place === 0 ? 0 : 5, // zero at one place
      (_, place) => place === 5 ? 6 : 6 * (1 - 1e-5), // all but constant
      (picture, place) => picture === 1 && place === 9 ? 3 : 6, // but for one place
    ),
    {
      layer: "act",
      channels: 8,
      dead: [0],
      constant: [2, 6],
      always: [3, 4, 7],
    },
  );
});

Deno.test("a few places of thousands that differ much are seen, though the mean is not", () => {
  const watch = new ChannelWatch(1), scan = new Layer(1);
  const data = new Float32Array(128 * 128).fill(6);
  data[77] = 1;
  scan.add(data, [1, 128, 128, 1], ["seed"]);
  watch.add(scan.result());
  assert.deepEqual(watch.result("act").constant, []);
  assert.deepEqual(watch.result("act").always, [0]);
});

Deno.test("kinds of channels are counted over the layers", () => {
  const layers = [
    { layer: "a", channels: 8, dead: [1], constant: [], always: [2, 3] },
    { layer: "b", channels: 4, dead: [0], constant: [2], always: [] },
  ];
  assert.deepEqual(channelCounts(layers), { all: 12, dead: 2, constant: 1, always: 2 });
  assert.equal(channelsText(layers), "2 of 12 dead, 1 constant, 2 always on");
});

Deno.test("only layers that rectify are looked into, of many the last", () => {
  const net = new GraphBuilder([null, null, 3]);
  const wide = net.conv("conv", INPUT, { in: 3, out: 4, kernel: 3, pad: 1 });
  let x = net.add("gate", "sigmoid", [wide]);
  for (let i = 0; i < 50; i++) x = net.relu(`act${i}`, x);
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", x), 4, 2));
  const zeros = [...graph.parameters].map(([name, shape]) => {
    return [name, values(new Float32Array(sizeOf(shape)), shape)] as const;
  });
  const { layers, skipped } = rectifiers({ network: new Network(graph, new Map(zeros)) });
  assert.deepEqual(layers, Array.from({ length: 48 }, (_, i) => `act${i + 2}`));
  assert.equal(skipped, 2);
});
