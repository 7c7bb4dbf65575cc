/** ONNX Runtime's package for Node and Deno, as much of it as is needed, loaded when it is wanted. */
import { platform } from "../../../platform/mod.ts";

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
  readonly env: { logLevel?: string; readonly versions: { readonly node?: string } };
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
 * @throws Error where it is not there, or may not be loaded: its message ends a sentence.
 */
export function loadOrt(): Promise<Ort> {
  loaded ??= load();
  loaded.catch(() => loaded = undefined);
  return loaded;
}

async function load(): Promise<Ort> {
  try {
    const { default: ort } = await import(PACKAGE) as { readonly default: Ort };
    ort.env.logLevel = "error";
    return ort;
  } catch (cause) {
    throw new Error(`${NAME} is not at hand (${why(cause)})`, { cause });
  }
}

/** The name under which Node finds it. */
const NAME = "onnxruntime-node";

function why(error: unknown): string {
  const isMissing = error instanceof Error && "code" in error &&
    error.code === "ERR_MODULE_NOT_FOUND";
  if (isMissing) return `\`npm install ${NAME}\` installs it`;
  return platform.reason(error).split("\n")[0];
}

/** Whether the package is on this machine, so that loading it fetches nothing. */
export async function isOrtHere(): Promise<boolean> {
  try {
    return await platform.exists(platform.packageFile(NAME, "."));
  } catch { // Deno finds in its cache only what is in use already
    const used = platform.packageFile("@tensorflow/tfjs-backend-wasm", ".").href;
    const [packages] = used.split("@tensorflow/");
    return await platform.exists(new URL(PACKAGE.replace(/^npm:/, "").replace("@", "/"), packages));
  }
}
