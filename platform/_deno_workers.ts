/** Modules that run beside the program, as Deno has them. */
import type { Helper, HelperListener } from "./platform.ts";

export function startHelper(module: URL, listener: HelperListener): Helper {
  const worker = new Worker(module, { type: "module" });
  worker.onmessage = ({ data }: MessageEvent) => listener.hear(data);
  worker.onerror = (event) => {
    event.preventDefault();
    listener.broke(event.message);
  };
  return {
    tell: (message) => worker.postMessage(message),
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
  },
  tell: (message: unknown): void => scope.postMessage(message),
  leave: (): void => scope.close(),
};
