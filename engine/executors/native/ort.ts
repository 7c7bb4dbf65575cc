/** As much of ONNX Runtime's Node package as is needed. */

/** Numbers as the runtime hands them over. */
export type Numbers = Float32Array | BigInt64Array | Uint8Array;

/** A tensor of the runtime's: it lies in the memory of `data`. */
export interface OrtTensor {
  readonly data: Numbers;
}

/** A graph that is ready to be run. */
export interface OrtSession {
  /** @param fetches output → where it is to be written */
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: Readonly<Record<string, OrtTensor>>,
  ): Promise<unknown>;
  release(): Promise<void>;
}

/** The package. */
export interface Ort {
  readonly env: { logLevel: string; readonly versions: { readonly node?: string } };
  readonly Tensor: new (type: string, data: Numbers, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OrtSession>;
  };
}

// by a name that is not seen before it is wanted: few need its hundreds of megabytes
const PACKAGE = "npm:onnxruntime-node@1.30.0";

let loaded: Promise<Ort> | undefined;

/**
 * Loads the package, once. Deno fetches it when it is first asked for.
 *
 * @throws UserError where it is not there, or may not be loaded.
 */
export function loadOrt(): Promise<Ort> {
  loaded ??= load();
  loaded.catch(() => loaded = undefined);
  return loaded;
}

async function load(): Promise<Ort> {
  const { default: ort } = await import(PACKAGE) as { readonly default: Ort };
  ort.env.logLevel = "error";
  return ort;
}
