/**
 * How long does somebody wait who drops a 12-megapixel photograph on the gallery? Milliseconds from
 * the first byte of the upload to the network's answers, to the first map, and to all quick ones; for a
 * gallery that was just opened, for one whose network is ready, and for a second class.
 */
import encodeJpeg, { init } from "../deps/jpeg_encode.ts";
import { random } from "../core/random.ts";
import { loadImage, resize } from "../image/mod.ts";
import { platform } from "../platform/mod.ts";
import { type Gallery, openGallery } from "../web/gallery.ts";
import { honoHost } from "../web/hosts/hono.ts";
import type { SentNews } from "../web/_news_text.ts";
import type { Question, Side } from "./_question.ts";

const MODEL = "phosphene-resnet", ORIGIN = "http://localhost";

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

/** The news of a question, as they come. */
async function* newsOf({ body }: Response): AsyncGenerator<SentNews> {
  let text = "";
  for await (const part of body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

/** A gallery, and what somebody does to it; each figure is in ms. */
class Visit {
  readonly figures: Record<string, number> = {};
  readonly #app: ReturnType<typeof honoHost>;

  constructor(gallery: Gallery) {
    this.#app = honoHost(gallery);
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("host", "localhost");
    return await this.#app.fetch(new Request(ORIGIN + path, { ...init, headers }));
  }

  /** Asks for the answers and all quick maps; `wanted` is another class than the first answer. */
  async explain(what: string, picture: string, from: number, wanted?: number): Promise<void> {
    const query = `picture=${picture}&model=${MODEL}`, since = () => performance.now() - from;
    let first = 0, index = wanted, maps = 0;
    for await (const news of newsOf(await this.#ask(`/explain/answers?${query}`))) {
      if (news.type !== "answers") throw new Error(JSON.stringify(news));
      this.figures[`${what}: answers`] = since();
      index ??= news.classes[0].index;
    }
    for await (const news of newsOf(await this.#ask(`/explain/maps?${query}&class=${index}`))) {
      if (news.type !== "map") continue;
      if (++maps === 1) first = since();
    }
    this.figures[`${what}: first map`] = first;
    this.figures[`${what}: ${maps} maps`] = since();
  }

  /** Drops a file on it; the picture's name there. */
  async drop(what: string, file: Uint8Array<ArrayBuffer>): Promise<string> {
    const from = performance.now();
    const headers = { origin: ORIGIN, "sec-fetch-site": "same-origin", "x-name": "photo.jpg" };
    const sent = await this.#ask("/pictures?unread", { method: "POST", headers, body: file });
    const { token } = await sent.json();
    await this.explain(what, token, from);
    return token;
  }
}

const visit: Side = async (_, { backend, threads }) => {
  const folder = await Deno.makeTempDir();
  const gallery = await openGallery({ folder, models: [{ id: MODEL }], backend, threads });
  try {
    const files = [await photograph(1), await photograph(2)], visit = new Visit(gallery);
    await visit.drop("a gallery that was just opened", files[0]);
    const token = await visit.drop("a network that is ready", files[1]);
    await visit.explain("a second class", token, performance.now(), 2);
    return visit.figures;
  } finally {
    await gallery.close();
    await Deno.remove(folder, { recursive: true });
  }
};

export const question: Question = {
  asks: "How long does somebody wait who drops a photograph of 12 megapixels on the gallery?",
  sides: { visit },
  async *rows(bench) {
    const { ours } = await bench.inTurns({ ours: bench.side("visit", {}) });
    for (const [what, ms] of Object.entries(ours!)) yield { case: what, ours: ms, unit: "ms" };
  },
};
