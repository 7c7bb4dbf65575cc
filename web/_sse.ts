/** Server-sent events. */

/** How often a silent stream says that it is alive, in ms. */
const BEAT_MS = 15_000;

/**
 * Streams news until the browser leaves.
 *
 * @param start Begins sending; what it returns ends that.
 */
export function stream(
  start: (send: (data: unknown, event?: string) => void) => () => void,
): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        try {
          controller.enqueue(encoder.encode(text));
        } catch {
          stop(); // the browser has left
        }
      };
      // the browser asks again so many ms after the stream broke
      write("retry: 2000\n\n");
      const end = start((data, event) =>
        write(`${event ? `event: ${event}\n` : ""}data: ${JSON.stringify(data)}\n\n`)
      );
      const beat = setInterval(() => write(": alive\n\n"), BEAT_MS);
      stop = () => {
        stop = () => {};
        clearInterval(beat);
        end();
      };
    },
    cancel: () => stop(),
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}
