/**
 * A server that behaves as the hub does: it says what a file is, sends those who want a large one on
 * to another server, and knows ranges. Headers as `huggingface_hub` reads them (`file_download.py`).
 */
import { createHash } from "node:crypto";
import type { HubSettings } from "../../../models/hub/settings.ts";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const gitHash = (bytes: Uint8Array) =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

/** Bytes that compress to nothing and repeat nowhere. */
export const bytesOf = (length: number, seed = 1): Uint8Array<ArrayBuffer> => {
  let x = seed;
  return Uint8Array.from({ length }, () => (x = x * 48271 % 2147483647) & 255);
};

/** What was asked: `HEAD hub /timm/x/resolve/main/config.json`. */
export interface Asked {
  readonly method: string;
  readonly server: "hub" | "cdn";
  readonly path: string;
  readonly range?: string;
  readonly token?: string;
}

export interface Hub extends AsyncDisposable {
  readonly endpoint: string;
  readonly settings: HubSettings;
  readonly cache: string;
  readonly asked: Asked[];
  /** Large files, which the other server keeps, and small texts, by `repo/file`. */
  readonly large: Map<string, Uint8Array<ArrayBuffer>>;
  readonly small: Map<string, string>;
  /** Answers in another way; nothing answers as usual. */
  answer: (asked: Asked) => Response | undefined | Promise<Response | undefined>;
  /** The names in the cache, `.locks` too, sorted. */
  names(): string[];
}

const quiet = { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response() };

/** Part of a file, as a server that knows ranges sends it. */
export function part(bytes: Uint8Array<ArrayBuffer>, range: string | undefined): Response {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0), all = bytes.length;
  if (!range) return new Response(bytes);
  if (from >= all) return new Response(null, { status: 416 });
  const headers = { "content-range": `bytes ${from}-${all - 1}/${all}` };
  return new Response(bytes.subarray(from), { status: 206, headers });
}

/** The beginning of an answer, then a cut. */
export function cut(bytes: Uint8Array<ArrayBuffer>, after: number, range?: string): Response {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!sent) controller.enqueue(bytes.subarray(from, from + after));
      else {
        await new Promise((resolve) => setTimeout(resolve, 20)); // so that what was sent arrives
        controller.error(new Error("cut"));
      }
      sent = true;
    },
  });
  const headers: Record<string, string> = { "content-length": String(bytes.length - from) };
  if (range) headers["content-range"] = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  return new Response(body, { status: range ? 206 : 200, headers });
}

/** Starts a hub with an empty cache; its end removes both. */
export async function startHub(): Promise<Hub> {
  const folder = await Deno.makeTempDir({ prefix: "phosphene-hub-" });
  const cache = `${folder}/hub`;
  const asked: Asked[] = [], large: Hub["large"] = new Map(), small: Hub["small"] = new Map();
  const log = async (server: Asked["server"], { method, url, headers }: Request) => {
    const one: Asked = {
      method,
      server,
      path: decodeURIComponent(new URL(url).pathname),
      range: headers.get("range") ?? undefined,
      token: headers.get("authorization") ?? undefined,
    };
    asked.push(one);
    return { one, other: await hub.answer(one) };
  };
  const cdn = Deno.serve(quiet, async (request) => {
    const { one, other } = await log("cdn", request);
    const bytes = large.get(one.path.slice(1));
    return other ?? (bytes ? part(bytes, one.range) : new Response(null, { status: 404 }));
  });
  const server = Deno.serve(quiet, async (request) => {
    const { one, other } = await log("hub", request);
    return other ?? usual(one);
  });
  function usual({ path, range }: Asked): Response {
    const [, repo, file] = /^\/([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(path) ?? [];
    const key = `${repo}/${file}`, headers = { "x-repo-commit": COMMIT };
    const bytes = large.get(key), text = small.get(key);
    if (bytes) {
      return new Response(null, {
        status: 302,
        headers: {
          ...headers,
          location: `http://127.0.0.1:${cdn.addr.port}/${key}?signature=1`,
          "x-linked-etag": `"${sha256(bytes)}"`,
          "x-linked-size": String(bytes.length),
        },
      });
    }
    if (text !== undefined) {
      const content = new TextEncoder().encode(text), response = part(content, range);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
      response.headers.set("etag", `W/"${gitHash(content)}"`);
      response.headers.set("content-length", String(content.length));
      return response;
    }
    const isKnown = [...large.keys(), ...small.keys()].some((name) => name.startsWith(`${repo}/`));
    return new Response(null, {
      status: isKnown ? 404 : 401,
      headers: { "x-error-code": isKnown ? "EntryNotFound" : "RepoNotFound" },
    });
  }
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  const hub: Hub = {
    endpoint,
    cache,
    settings: {
      endpoint,
      cache,
      offline: false,
      links: true,
      token: () => Promise.resolve(undefined),
    },
    asked,
    large,
    small,
    answer: () => undefined,
    names: () => namesIn(cache),
    async [Symbol.asyncDispose]() {
      await Promise.all([server.shutdown(), cdn.shutdown()]);
      await Deno.remove(folder, { recursive: true });
    },
  };
  return hub;
}

/** Every file and link in a folder, by its path, sorted; a link with where it leads. */
export function namesIn(folder: string, path = ""): string[] {
  let entries: Deno.DirEntry[] = [];
  try {
    entries = [...Deno.readDirSync(`${folder}/${path}`)];
  } catch {
    return [];
  }
  return entries.flatMap(({ name, isDirectory, isSymlink }) => {
    const inner = `${path}${name}`;
    if (isDirectory) return namesIn(folder, `${inner}/`);
    return [isSymlink ? `${inner} → ${Deno.readLinkSync(`${folder}/${inner}`)}` : inner];
  }).sort();
}
