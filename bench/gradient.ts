/**
 * How fast is a gradient? Forward, and forward + input gradient, of three networks with random
 * weights: the engine against `tf.grad` over the same (batch-norm folded) weights on the same
 * backend, each in a process of its own, in turns. Prints milliseconds, peak memory and ratios.
 *
 *     deno task bench [--backend wasm] [--repeats 3] [--only resnet50] [--peer]
 *
 * `--peer` adds PyTorch where `python3` has it. `native` is no backend of TensorFlow.js: there is no
 * `tf.grad` beside it.
 */
import { parseArgs } from "node:util";
import type { BackendName } from "../engine/backends.ts";
import { useBackend } from "../engine/runtime.ts";
import { read } from "../engine/read.ts";
import { percent } from "../core/text.ts";
import { findPython } from "../training/python.ts";
import { tapeGradient } from "./_tape.ts";
import { type Case, caseNetwork, caseObjective, CASES, image } from "./_networks.ts";

interface Measured {
  readonly adapter: string;
  readonly forwardMs: number;
  readonly gradientMs: number;
  /** Largest resident size of the process. */
  readonly peakMB: number;
  /** Checks that both compute the same: sum of the gradient's magnitudes. */
  readonly gradientSum: number;
}

const { values: flags } = parseArgs({
  options: {
    backend: { type: "string", default: "wasm" },
    repeats: { type: "string", default: "3" },
    only: { type: "string" },
    peer: { type: "boolean", default: false },
    case: { type: "string" },
    with: { type: "string" },
  },
});
const repeats = Number(flags.repeats);

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1];

async function timed(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  return median(taken);
}

function peakMB(): number {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss / 2 ** 20;
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024;
}

/** Measures one network with one method in this process. */
async function measure(name: string, method: string): Promise<Measured> {
  const backend = await useBackend(flags.backend as BackendName);
  const test = CASES[name], network = caseNetwork(test), x = image(test);
  const objective = caseObjective(test);
  const tape = tapeGradient(network, objective);
  const forward = async () => {
    if (method === "tape") return await tape.forward(x);
    const pass = await network.forward(x, { taps: objective.layers });
    await pass.value(objective.layers[0]).data();
    pass.dispose();
  };
  let gradientSum = 0;
  const gradient = async () => {
    const found = method === "tape"
      ? await tape.gradient(x)
      : await network.gradient(x, objective).then(async ({ value, gradients, taps }) => {
        value.dispose();
        Object.values(taps).forEach((tap) => tap.dispose());
        const read_ = await read(gradients.input);
        gradients.input.dispose();
        return read_;
      });
    gradientSum = found.reduce((sum, v) => sum + Math.abs(v), 0);
  };
  await forward();
  const forwardMs = await timed(repeats, forward);
  await gradient();
  // the tape takes many seconds: one more run is enough to tell
  const gradientMs = await timed(method === "tape" ? 1 : repeats, gradient);
  return { adapter: backend.adapter, forwardMs, gradientMs, peakMB: peakMB(), gradientSum };
}

const lock = new URL("../deno.dev.lock", import.meta.url).pathname;

async function inOwnProcess(name: string, method: string): Promise<Measured> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", `--lock=${lock}`, "-A", import.meta.filename!, "--case", name, "--with", method],
      ...["--backend", flags.backend, "--repeats", flags.repeats],
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${name} with ${method} failed`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

async function torch(test: Case): Promise<{ forwardMs: number; gradientMs: number } | undefined> {
  const python = await findPython(["torch", "torchvision"]);
  if (!python) return undefined;
  const { stdout, success } = await new Deno.Command(python, {
    args: [new URL("_torch.py", import.meta.url).pathname, JSON.stringify(test), flags.repeats],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("PyTorch's case failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

const row = (...cells: string[]) =>
  console.log(cells.map((c, i) => i ? c.padStart(13) : c.padEnd(34)).join(""));
const ms = (n: number) => `${n.toFixed(0)} ms`;

/** The rows of `tf.grad`. */
async function besideTape(name: string, ours: Measured): Promise<void> {
  const tape = await inOwnProcess(name, "tape");
  const off = Math.abs(ours.gradientSum / tape.gradientSum - 1);
  row(`${name}, tf.grad`, ms(tape.forwardMs), ms(tape.gradientMs), `${tape.peakMB.toFixed(0)} MB`);
  row(
    `  tf.grad / engine (memory: ours / its)`,
    (tape.forwardMs / ours.forwardMs).toFixed(2),
    (tape.gradientMs / ours.gradientMs).toFixed(2),
    (ours.peakMB / tape.peakMB).toFixed(2),
  );
  if (off > 0.01) console.log(`  the gradients differ by ${percent(off, 1)}`);
}

if (flags.case) {
  console.log(JSON.stringify(await measure(flags.case, flags.with!)));
  Deno.exit(0);
}
console.log(
  `backend ${flags.backend}; ${navigator.hardwareConcurrency} cores; median of ${repeats}\n`,
);
row("", "forward", "+ gradient", "peak memory");
for (const name of Object.keys(CASES)) {
  if (flags.only && flags.only !== name) continue;
  const ours = await inOwnProcess(name, "engine");
  row(`${name}, engine`, ms(ours.forwardMs), ms(ours.gradientMs), `${ours.peakMB.toFixed(0)} MB`);
  if (flags.backend !== "native") await besideTape(name, ours);
  const peer = flags.peer ? await torch(CASES[name]) : undefined;
  if (peer) {
    row(`${name}, PyTorch`, ms(peer.forwardMs), ms(peer.gradientMs));
    row(
      "  engine / PyTorch",
      (ours.forwardMs / peer.forwardMs).toFixed(2),
      (ours.gradientMs / peer.gradientMs).toFixed(2),
    );
  } else if (flags.peer) console.log("  python3 has no torch and torchvision here: no peer");
}
