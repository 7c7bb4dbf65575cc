import assert from "node:assert/strict";
import { platform } from "../../platform/mod.ts";
import { within } from "../_support/patience.ts";

/** Serves what a test asks. */
async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  test: (where: { hostname: string; port: number }) => Promise<void>,
): Promise<void> {
  const stop = new AbortController(), listens = Promise.withResolvers<number>();
  const hostname = "127.0.0.1", { signal } = stop;
  const onListen = (_: string, port: number) => listens.resolve(port);
  const served = platform.serve(handler, { hostname, port: 0, headersMs: 100, signal, onListen });
  await test({ hostname, port: await listens.promise });
  stop.abort();
  await served;
}

/** What is answered to a raw request until the server hangs up. */
async function answerTo(where: Deno.ConnectOptions, request: string): Promise<string> {
  const connection = await Deno.connect(where);
  await connection.write(new TextEncoder().encode(request));
  return await within(new Response(connection.readable).text(), "the end of the connection");
}

Deno.test("a request whose headers never end is ended; others are answered", () =>
  withServer(() => new Response("here"), async (where) => {
    assert.match(await answerTo(where, "GET / HTTP/1.1\r\nHost: local"), /^HTTP\/1\.1 408 /);
    assert.match(
      await answerTo(where, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
      /^HTTP\/1\.1 200 [^]*here$/,
    );
  }));

Deno.test("a request's body and signal come through, and a stream ends when its reader leaves", async () => {
  const left = Promise.withResolvers<void>(), cancelled = Promise.withResolvers<void>();
  const handler = async (request: Request) => {
    if (request.method === "POST") return new Response(await request.bytes());
    request.signal.addEventListener("abort", () => left.resolve());
    const start = (controller: ReadableStreamDefaultController) =>
      controller.enqueue(new TextEncoder().encode("news"));
    return new Response(new ReadableStream({ start, cancel: () => cancelled.resolve() }));
  };
  await withServer(handler, async ({ hostname, port }) => {
    const url = `http://${hostname}:${port}/`, body = new Uint8Array(3_000_000).fill(7);
    assert.deepEqual(await (await fetch(url, { method: "POST", body })).bytes(), body);
    const gone = new AbortController();
    const news = (await fetch(url, { signal: gone.signal })).body!.getReader();
    await news.read();
    gone.abort();
    await within(Promise.all([left.promise, cancelled.promise]), "the reader's leaving");
    await news.closed.catch(() => {});
  });
});
