/// <reference lib="deno.worker" />
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

export const starter = {
  hear: (listener: (message: unknown) => void): void => {
    self.onmessage = ({ data }: MessageEvent) => listener(data);
  },
  tell: (message: unknown): void => self.postMessage(message),
  leave: (): void => self.close(),
};
