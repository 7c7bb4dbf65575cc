import assert from "node:assert/strict";
import { ask } from "../../web/islands/_ask.ts";

const QUESTION = { picture: "cat.png", model: "net" };

/** Asks a gallery that answers so. */
async function asked(body: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<string[]> {
  const { fetch } = globalThis, heard: string[] = [];
  globalThis.fetch = () => Promise.resolve(new Response(body));
  try {
    await ask("maps", QUESTION, ({ type }) => void heard.push(type), signal);
    return heard;
  } finally {
    globalThis.fetch = fetch;
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);
const line = (type: string) => JSON.stringify({ type, technique: "rise", message: "no" }) + "\n";

Deno.test("news come line by line, however they are cut", async () => {
  const text = line("slow") + line("fault"), parts = [text.slice(0, 7), text.slice(7)];
  assert.deepEqual(await asked(ReadableStream.from(parts.map(bytes))), ["slow", "fault"]);
});

Deno.test("a gallery that ends in the middle is said to be silent, not a network's error", async () => {
  const broken = () =>
    ReadableStream.from((async function* () {
      yield bytes(line("slow"));
      await Promise.resolve();
      throw new TypeError("network error");
    })());
  await assert.rejects(asked(broken()), /The gallery does not answer: is it still running/);
  // who gave up hears that
  const gone = AbortSignal.abort(new Error("gone"));
  await assert.rejects(asked(broken(), gone), /network error/);
  await assert.rejects(asked(ReadableStream.from([bytes(line("failed"))])), /^Error: no$/);
});
