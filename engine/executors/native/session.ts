/** One graph in the runtime, ready to be run. */
import { UserError } from "../../../core/errors.ts";
import { threadCount } from "../../threads/count.ts";
import type { Written } from "./graphs.ts";
import type { Port } from "./op.ts";
import type { Numbers, Ort, OrtSession, OrtTensor } from "./ort.ts";

/** Numbers that go in or come out, of so many pictures. */
export interface Part {
  readonly port: Port;
  readonly data: Numbers;
}

/** What the runtime said, in a line. */
function refused(doing: string, error: unknown): UserError {
  const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
  return new UserError(
    `ONNX Runtime cannot ${doing}: ${line.replace(/\.$/, "")}. \`backend: wasm\` does without it.`,
    {
      code: "no-backend",
      cause: error,
    },
  );
}

/** A graph in the runtime. */
export class Session {
  readonly #ort: Ort;
  readonly #session: OrtSession;
  readonly #fed: Readonly<Record<string, OrtTensor>>;

  private constructor(ort: Ort, session: OrtSession, fed: Readonly<Record<string, OrtTensor>>) {
    this.#ort = ort;
    this.#session = session;
    this.#fed = fed;
  }

  /** Reads a graph in. @throws UserError where the runtime refuses it. */
  static async create(ort: Ort, { model, fed }: Written): Promise<Session> {
    try {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ["cpu"],
        intraOpNumThreads: threadCount(),
        interOpNumThreads: 1,
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
      });
      const weights = fed.map(({ name, data, dims }) => [
        name,
        new ort.Tensor("float32", data, dims),
      ]);
      return new Session(ort, session, Object.fromEntries(weights));
    } catch (error) {
      throw refused("prepare the network", error);
    }
  }

  /** Runs it; the numbers that come out are written where `outputs` has room for them. */
  async run(batch: number, inputs: readonly Part[], outputs: readonly Part[]): Promise<void> {
    const tensors = (parts: readonly Part[]) =>
      Object.fromEntries(parts.map(({ port: { name, type, dims }, data }) => [
        name,
        new this.#ort.Tensor(type, data, [batch, ...dims]),
      ]));
    try {
      await this.#session.run({ ...this.#fed, ...tensors(inputs) }, tensors(outputs));
    } catch (error) {
      throw refused("run the network", error);
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
