/** The kernels of simd/, compiled, on the memory of TensorFlow.js's WebAssembly backend. */
import * as modules from "./_module.js";
import type { Pool, Thrift } from "../threads/pool.ts";
import { arrange, panels, unchanged } from "./conv.ts";
import { convolve, LIMITS, PANEL } from "./_conv.ts";
import { simdDense } from "./_dense.ts";
import { simdDepthwise } from "./_depthwise.ts";
import { simdElements } from "./_elements.ts";
import { partOf } from "./_groups.ts";
import type { Kernels } from "./kernels.ts";
import { type Machine, machine } from "./_machine.ts";
import { simdMoves } from "./_moves.ts";
import { opKernels } from "./_ops.ts";
import { simdPools } from "./_pools.ts";
import { checkConv } from "./_tensors.ts";
import { convolveByTiles, isTransformed, suitsWinograd, winogradKernel } from "./_winograd.ts";

interface Made {
  readonly kernels: Kernels;
  readonly pool?: Pool;
}

const made = new WeakMap<object, Made>();

function of(backend: object): Made {
  let found = made.get(backend);
  if (!found) {
    const { wasm } = backend as { wasm: { asm: { memory: WebAssembly.Memory } } };
    const isShared = !(wasm.asm.memory.buffer instanceof ArrayBuffer);
    found = instantiate(backend, isShared ? modules.shared : modules.module, modules.name);
    made.set(backend, found);
  }
  return found;
}

/** The kernels on the memory of `backend`, a BackendWasm: one module for each. */
export const simdKernels = (backend: object): Kernels => of(backend).kernels;

/** The threads of these; undefined where memory is not shared. */
export const threadPool = (backend: object): Pool | undefined => of(backend).pool;

/**
 * The kernels of `code`, a module of build.ts for memory that is shared or for one that is not, on the
 * memory of `host`, a BackendWasm.
 */
export function instantiate(
  host: object,
  code: WebAssembly.Module,
  name: string,
  thrift?: Thrift,
): Made {
  const m = machine(host, code, thrift);
  return { kernels: { ...kernelsOn(m), name }, pool: m.pool };
}

const kernelsOn = (m: Machine): Omit<Kernels, "name"> => ({
  ...opKernels,
  ...simdConvolutions(m),
  ...simdDepthwise(m),
  ...simdDense(m),
  ...simdElements(m),
  ...simdMoves(m),
  ...simdPools(m),
});

function simdConvolutions(m: Machine): Pick<Kernels, "convWay" | "convKernel" | "conv2d"> {
  return {
    convWay: (spec) => suitsWinograd(spec) ? "winograd" : "direct",

    convKernel(source, { arrangement, groups = 1, way = "direct" } = {}) {
      const parts = groups === 1
        ? [source]
        : Array.from({ length: groups }, (_, g) => partOf(source, g, groups));
      const arranged = arrangement ?? unchanged(parts[0].shape);
      const size = arranged.shape.slice(0, 3).reduce((a, b) => a * b);
      const count = panels(arranged, PANEL), kernel = m.output([groups * count, size, PANEL]);
      const into = new Float32Array(m.memory.buffer, m.at(kernel), kernel.size);
      const each = count * size * PANEL;
      parts.forEach((part, g) =>
        arrange(part, arranged, PANEL, into.subarray(g * each, (g + 1) * each))
      );
      if (way === "direct") return kernel;
      const transformed = winogradKernel(m, kernel);
      kernel.dispose();
      return transformed;
    },

    conv2d(x, kernel, spec, bias, activation) {
      checkConv(x, spec);
      const limits = LIMITS[activation ?? "linear"];
      return isTransformed(kernel, spec)
        ? convolveByTiles(m, x, kernel, spec, bias, limits)
        : convolve(m, x, kernel, spec, bias, limits);
    },
  };
}
