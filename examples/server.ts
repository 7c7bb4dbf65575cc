/**
 * A server that explains what it is sent: POST a picture, get the overlay back as PNG.
 *
 *     deno run -A --unstable-no-legacy-abort examples/server.ts [PORT]
 *     curl --data-binary @examples/images/cat-4.png http://127.0.0.1:8000/ > overlay.png
 */
import { attribute, decodeImage, encodePng, gradCam, loadModel, UserError } from "../mod.ts";

const model = await loadModel("phosphene-resnet"); // once, for all that is asked

async function explain(request: Request): Promise<Response> {
  if (request.method !== "POST") return new Response("POST a picture.\n", { status: 405 });
  try {
    const image = await decodeImage(await request.bytes());
    // runs take turns by themselves; one whose client has gone ends
    const run = await attribute(gradCam, { model, image, signal: request.signal });
    return new Response(await encodePng(await run.overlay()), {
      headers: { "content-type": "image/png", "x-class": encodeURIComponent(run.target.label) },
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return new Response(`${error.message}\n`, { status: 400 }); // no picture, in plain words
  }
}

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 8000),
  onListen: ({ hostname, port }) => console.log(`http://${hostname}:${port}/`),
}, explain);
