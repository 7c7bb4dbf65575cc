/**
 * What a GPU tells of itself: that it was lost (its driver was restarted, its machine slept), that its
 * memory is full, that it refused something. It tells late and on the side, while TensorFlow.js goes
 * on and reads zeros.
 */
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";

/** What is known of one device. */
export class Health {
  readonly #gpu: string;
  #lost?: string;
  #refused?: string;

  /** Listens to a device; `gpu` is the name of its adapter. */
  constructor(gpu: string, device: GPUDevice) {
    this.#gpu = gpu;
    device.lost.then(({ message, reason }) => this.#lost = message || reason);
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#refused ??= (event as GPUUncapturedErrorEvent).error.message;
    });
  }

  /** Whether nothing can be computed on it any more. */
  get lost(): boolean {
    return this.#lost !== undefined;
  }

  /** Forgets what it refused: that was somebody else's. */
  forget(): void {
    this.#refused = undefined;
  }

  /** @throws UserError where it was lost, or has refused something since this was last asked. */
  check(cause?: unknown): void {
    const details = { code: "no-backend", option: "backend", cause } as const;
    if (this.#lost !== undefined) {
      throw new UserError(
        `The GPU ${this.#gpu} was lost while it computed (${this.#lost}): the next run starts it ` +
          "anew, `backend: wasm` does without.",
        details,
      );
    }
    const refused = this.#refused;
    this.forget();
    if (refused === undefined) return;
    throw new UserError(
      `The GPU ${this.#gpu} could not compute (${firstLine(refused)}): a smaller picture or ` +
        "batch may work, `backend: wasm` does without it.",
      details,
    );
  }
}

/** Compilers of shaders begin with an empty one. */
const firstLine = (message: string) => message.trim().split("\n")[0];

/** What is known of the device of a backend of TensorFlow.js; nothing where it has none that tells. */
const healthOf = (backend: object | undefined): Health | undefined =>
  backend && "health" in backend && backend.health instanceof Health ? backend.health : undefined;

/** Of TensorFlow.js's WebGPU backend, if it has been started. */
export const gpuHealth = (): Health | undefined => healthOf(tf.engine().registry.webgpu);

/** Likewise, if it is the current one. */
const current = (): Health | undefined => tf.getBackend() === "webgpu" ? gpuHealth() : undefined;

/**
 * Computes, and looks whether the GPU was well all the time.
 *
 * @throws UserError where it was not.
 */
export async function healthy<R>(work: () => Promise<R>): Promise<R> {
  const health = current();
  if (!health) return await work();
  let result: R;
  try {
    result = await work();
  } catch (error) {
    await platform.pause(); // what failed on it is known before why
    health.check(error);
    throw error;
  }
  health.check();
  return result;
}

/**
 * Watches a run that computes now and then, on one GPU from its beginning to its end.
 *
 * @returns What to call at each beginning; it throws a UserError where that GPU was lost meanwhile.
 */
export function onOneGpu(): () => void {
  let first: Health | undefined;
  return () => {
    if (first?.lost) first.check();
    if (first) return;
    first = current();
    first?.forget();
  };
}
