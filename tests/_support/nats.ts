/** A NATS server of the test's own. */
import { leftOutWithout } from "./ci.ts";
import { within } from "./patience.ts";

const there = await new Deno.Command("nats-server", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

/** Whether tests with a server are left out: `nats-server` is not installed. */
export const natsLeftOut = leftOutWithout(there);
/** Why, for their names. */
export const natsAbsence = there ? "" : " (no nats-server: left out)";

/** A server with a folder of its own, on a port of its own. */
export class NatsServer implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly port: number;
  #process?: Deno.ChildProcess;

  private constructor(readonly args: readonly string[]) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = (listener.addr as Deno.NetAddr).port;
    listener.close();
  }

  static async start(...args: string[]): Promise<NatsServer> {
    const server = new NatsServer(args);
    await server.restart();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it; one that runs is killed before. Its tasks and results stay. */
  async restart(): Promise<void> {
    await this.kill();
    const own = ["-a", "127.0.0.1", "-p", `${this.port}`, "-js", "-sd", this.folder];
    this.#process = new Deno.Command("nats-server", {
      args: [...own, ...this.args],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    const reader = this.#process.stderr.pipeThrough(new TextDecoderStream()).getReader();
    const ready = (async () => {
      while (!said.includes("Server is ready")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`nats-server ended: ${said}`);
        said += value;
      }
    })();
    await within(ready, "nats-server");
    void (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {});
  }

  async kill(): Promise<void> {
    try {
      this.#process?.kill("SIGKILL");
    } catch {
      // it has ended by itself
    }
    await this.#process?.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }
}
