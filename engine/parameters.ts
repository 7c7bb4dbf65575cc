/** A network's numbers: on the host as loaded, on the backend as the steps need them. */
import * as tf from "../deps/tfjs.ts";
import type { Values } from "../core/values.ts";
import { unrecorded } from "./gpu/recorder.ts";
import type { Graph, Node } from "./graph.ts";
import type { Parameters, Shape } from "./ops/op.ts";

/** Where a parameter comes from. */
export interface Source {
  /** In the engine's layout. */
  readonly shape: Shape;
  /** Its numbers on the host. */
  values(): Values;
  /** Its numbers on the backend, where they are better made there. Runs in a `tf.tidy`. */
  make?(): tf.Tensor;
}

const upload = (made: Values | tf.Tensor): tf.Tensor =>
  made instanceof tf.Tensor ? made : tf.tensor(made, [...made.shape]);

/**
 * Keeps parameters on the host and uploads each to a backend when first asked for there, under
 * a key; batch-norm that is folded away is never uploaded, and a kernel that only the backward pass
 * needs comes when that first runs.
 */
export class ParameterStore {
  readonly #host: ReadonlyMap<string, Values>;
  /** Backend → key → tensor: runs on several backends may take turns. */
  readonly #devices = new Map<tf.KernelBackend, Map<string, tf.Tensor>>();
  readonly #onDispose: (() => void)[] = [];

  /**
   * Keeps a graph's parameters.
   *
   * @throws Error where one is missing or has another shape.
   */
  constructor(graph: Graph, host: ReadonlyMap<string, Values>) {
    for (const [name, shape] of graph.parameters) {
      const found = host.get(name);
      if (found?.shape.join() !== shape.join()) {
        throw new Error(`Parameter ${name} is [${found?.shape}], the graph wants [${shape}]`);
      }
    }
    this.#host = host;
  }

  /** The numbers of every parameter as they were loaded, in the engine's layout. */
  get host(): ReadonlyMap<string, Values> {
    return this.#host;
  }

  #tensor(key: string, make: () => Values | tf.Tensor): tf.Tensor {
    const backend = tf.backend();
    let device = this.#devices.get(backend);
    if (!device) {
      this.#forgetGone();
      this.#devices.set(backend, device = new Map());
    }
    let tensor = device.get(key);
    if (!tensor) {
      tensor = unrecorded(() => tf.keep(tf.tidy(() => upload(make()))));
      device.set(key, tensor);
    }
    return tensor;
  }

  /** Frees what lies on backends that are no more, as that of a GPU that was lost. */
  #forgetGone() {
    const present = Object.values(tf.engine().registry);
    for (const [backend, device] of this.#devices) {
      if (present.includes(backend)) continue;
      tf.dispose([...device.values()]);
      this.#devices.delete(backend);
    }
  }

  #view(key: string, sources: Readonly<Record<string, Source>>): Parameters {
    return {
      has: (role) => Object.hasOwn(sources, role),
      shape: (role) => sources[role].shape,
      values: (role) => sources[role].values(),
      tensor: (role) => this.#tensor(`${key}:${role}`, sources[role].make ?? sources[role].values),
      derived: (name, make) => this.#tensor(`${key}/${name}`, make),
    };
  }

  /** The parameters of a node as they were loaded. */
  of(node: Node): Parameters {
    const sources: Record<string, Source> = {};
    for (const [role, name] of Object.entries(node.params)) {
      const found = this.#host.get(name)!;
      sources[role] = { shape: found.shape, values: () => found };
    }
    return this.#view(node.name, sources);
  }

  /** Parameters computed from others, under a key of their own. */
  folded(key: string, sources: Readonly<Record<string, Source>>): Parameters {
    return this.#view(key, sources);
  }

  /** How many numbers the network has. */
  get count(): number {
    return [...this.#host.values()].reduce((sum, v) => sum + v.length, 0);
  }

  /** Calls `free` whenever the numbers are to be freed, for what others have made of them. */
  onDispose(free: () => void): void {
    this.#onDispose.push(free);
  }

  /** Frees everything on the backends; what is asked for again is uploaded again. */
  dispose(): void {
    for (const device of this.#devices.values()) tf.dispose([...device.values()]);
    this.#devices.clear();
    for (const free of this.#onDispose) free();
  }
}
