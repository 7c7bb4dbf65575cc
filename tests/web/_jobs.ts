/** Jobs to test: asked for as the page asks, and waited for. */
import assert from "node:assert/strict";
import type { Job } from "../../web/jobs.ts";
import { within } from "../_support/patience.ts";
import { type Ask, SAME_ORIGIN } from "./_gallery.ts";

/** A picture's file. */
export const PICTURE = new URL("../../examples/images/cat-4.png", import.meta.url);
/** A gallery that can make runs. */
export const SETTINGS = {
  models: [{ id: "phosphene-resnet" }],
  samples: [{ name: "cat.png", url: PICTURE }],
  backend: "wasm" as const,
};

/** Sends the form of a technique; the id of the job. */
export async function start(ask: Ask, technique: string, fields: Record<string, string | File>) {
  const form = new FormData();
  form.set("model", "phosphene-resnet");
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const sent = { method: "POST", body: form, headers: SAME_ORIGIN };
  const response = await ask(`/new/${technique}`, sent);
  assert.equal(response.status, 303, await response.text());
  return /^\/jobs\/(.*)$/.exec(response.headers.get("location")!)![1];
}

/** Waits until a job is as wanted; fails where it is over without. */
export function until(
  jobs: { get(id: string): Job | undefined; watch(l: () => void): () => void },
) {
  return (id: string, wanted: (job: Job) => boolean) =>
    within(
      new Promise<Job>((resolve, reject) => {
        const look = () => {
          const job = jobs.get(id)!;
          if (wanted(job)) resolve(job), stop?.();
          else if (isOver(job)) reject(new Error(`${job.state}: ${job.message}`)), stop?.();
        };
        const stop = jobs.watch(look);
        look();
      }),
      `job ${id}`,
    );
}

/** Whether nothing more will come of it. */
export const isOver = ({ state }: Job) => !["queued", "running"].includes(state);

/** The news of a stream of events, as they come, until it is left. */
export async function* eventsOf(response: Response): AsyncGenerator<Record<string, unknown>> {
  let text = "";
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    const events = text.split("\n\n");
    text = events.pop()!;
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data) yield JSON.parse(data);
    }
  }
}
