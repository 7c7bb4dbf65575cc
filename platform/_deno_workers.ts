/** Modules that run beside the program, as Deno has them. */
import type { Helper, HelperListener } from "./platform.ts";

/** What a helper says once it hears: what is said before, while its modules are loaded, would be lost. */
const LISTENS = "phosphene: this helper listens";

export function startHelper(module: URL, listener: HelperListener): Helper {
  const worker = new Worker(module, { type: "module" });
  let early: unknown[] | undefined = [];
  worker.onmessage = ({ data }: MessageEvent) => {
    if (!early || data !== LISTENS) return listener.hear(data);
    for (const message of early) worker.postMessage(message);
    early = undefined;
  };
  worker.onerror = (event) => {
    event.preventDefault();
    listener.broke(event.message);
  };
  return {
    tell: (message) => early ? void early.push(message) : worker.postMessage(message),
    end: () => worker.terminate(),
  };
}

/** What a worker's global has, and a program's has not. */
interface WorkerScope {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown): void;
  close(): void;
}
const scope = globalThis as unknown as WorkerScope;

export const starter = {
  hear: (listener: (message: unknown) => void): void => {
    scope.onmessage = ({ data }) => listener(data);
    scope.postMessage(LISTENS);
  },
  tell: (message: unknown): void => scope.postMessage(message),
  caught: (listener: (error: unknown) => void): void => {
    addEventListener("error", (event) => {
      event.preventDefault();
      listener(event.error);
    });
  },
  leave: (): void => scope.close(),
};
