/**
 * How long does somebody wait who drops a 12-megapixel photograph on the gallery? Prints ms from the
 * first byte of the upload to the network's answers, to the first map, and to all quick ones; for a
 * gallery that was just opened, for one whose network is ready, and for a second class.
 *
 *     deno run --lock=deno.dev.lock -A bench/explain.ts [--model phosphene-resnet] [--json]
 */
import { parseArgs } from "node:util";
import encodeJpeg, { init } from "../deps/jpeg_encode.ts";
import { random } from "../core/random.ts";
import { loadImage, resize } from "../image/mod.ts";
import { platform } from "../platform/mod.ts";
import { openGallery } from "../web/gallery.ts";
import { honoHost } from "../web/hosts/hono.ts";
import type { SentNews } from "../web/_news_text.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "phosphene-resnet" },
    json: { type: "boolean", default: false },
  },
});
const model = values.model, ORIGIN = "http://localhost";

/** An example as large as a telephone makes them, with the grain of one. */
async function photograph(seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL("../examples/images/cat-4.png", import.meta.url);
  const { width, height, data } = resize(await loadImage(url), 4000, 3000, "bicubic");
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255), draw = random(seed);
  for (let i = 0; i < width * height; i++) {
    const grain = draw.integer(-8, 8);
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = data[3 * i + c] + grain;
  }
  const file = platform.packageFile("@jsquash/jpeg", "codec/enc/mozjpeg_enc.wasm");
  await init({ wasmBinary: await platform.readFile(file) });
  return new Uint8Array(
    await encodeJpeg({ data: rgba, width, height } as ImageData, { quality: 88 }),
  );
}

const folder = await Deno.makeTempDir();
const gallery = await openGallery({ folder, models: [{ id: model }], backend: "wasm" });
const app = honoHost(gallery);
const ask = async (path: string, init: RequestInit = {}) => {
  const headers = new Headers(init.headers);
  headers.set("host", "localhost");
  return await app.fetch(new Request(ORIGIN + path, { ...init, headers }));
};

/** The news of a question, as they come. */
async function* newsOf(path: string): AsyncGenerator<SentNews> {
  const { body } = await ask(path);
  let text = "";
  for await (const part of body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

async function explained(question: string, picture: string, from: number, wanted?: number) {
  const query = `picture=${picture}&model=${model}`, since = () => performance.now() - from;
  let answers = 0, first = 0, index = wanted, maps = 0;
  for await (const news of newsOf(`/explain/answers?${query}`)) {
    if (news.type !== "answers") throw new Error(JSON.stringify(news));
    answers = since();
    index ??= news.classes[0].index;
  }
  for await (const news of newsOf(`/explain/maps?${query}&class=${index}`)) {
    if (news.type !== "map") continue;
    if (++maps === 1) first = since();
  }
  const results = { answers, "first map": first, [`${maps} maps`]: since() };
  for (const [what, ms] of Object.entries(results)) {
    rows.push({ question, case: what, ours: Math.round(ms), unit: "ms", backend: "wasm" });
  }
}

async function dropped(question: string, file: Uint8Array<ArrayBuffer>): Promise<string> {
  const from = performance.now();
  const headers = { origin: ORIGIN, "sec-fetch-site": "same-origin", "x-name": "photo.jpg" };
  const sent = await ask("/pictures?unread", { method: "POST", headers, body: file });
  const { token } = await sent.json();
  await explained(question, token, from);
  return token;
}

const rows: Record<string, string | number>[] = [];
try {
  const files = [await photograph(1), await photograph(2)];
  await dropped("a gallery that was just opened", files[0]);
  const token = await dropped("a network that is ready", files[1]);
  await explained("a second class", token, performance.now(), 2);
} finally {
  gallery.close();
  await Deno.remove(folder, { recursive: true });
}
if (values.json) console.log(JSON.stringify(rows));
else console.table(rows);
