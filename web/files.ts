/** Files over HTTP: those of a run, thumbnails, and the gallery's own. */
import { type FileFacts, platform } from "../platform/mod.ts";
import type { RunFile } from "../run/manifest.ts";
import { statFile } from "./_manifest.ts";

type Types = Readonly<Record<string, string>>;

/** What a run may hold, by the ends of names. */
const RUN_TYPES: Types = {
  gif: "image/gif",
  jpg: "image/jpeg",
  json: "application/json; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml; charset=utf-8",
  webp: "image/webp",
};

/** Besides: a picture of a run, whoever made it, must not find a script beside it. */
const OWN_TYPES: Types = {
  ...RUN_TYPES,
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** The type of a file by its name; what is not known to be harmless is mere bytes. */
const typeOf = (name: string, types: Types) =>
  types[name.split(".").at(-1)!] ?? "application/octet-stream";

/** Answers with a file, or with "not modified" where the browser has it. */
async function send(
  request: Request,
  type: string,
  { bytes, tag }: { readonly bytes: number; readonly tag: string },
  body: () => BodyInit | Promise<BodyInit>,
): Promise<Response> {
  const etag = `"${tag}"`, headers = new Headers({ etag, "cache-control": "no-cache" });
  if (request.headers.get("if-none-match") === etag) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", type);
  headers.set("content-length", String(bytes));
  return new Response(request.method === "HEAD" ? null : await body(), { headers });
}

const tagOf = ({ bytes, modified }: FileFacts) =>
  `${bytes.toString(36)}-${modified.getTime().toString(36)}`;

/** What is read of a file at a time, in bytes. */
const PIECE = 1 << 16;

/** A file in pieces, as they are asked for. */
async function streamOf(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const file = await platform.openFile(path);
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const piece = await file.read(at, PIECE);
      at += piece.length;
      if (piece.length) return controller.enqueue(piece);
      controller.close();
      await file[Symbol.asyncDispose]();
    },
    cancel: () => file[Symbol.asyncDispose](),
  });
}

/** A file of a run as its manifest lists it; nothing where it is missing or a link. */
export async function sendRunFile(
  request: Request,
  folder: string,
  file: RunFile,
): Promise<Response | undefined> {
  const info = await statFile(folder, file);
  if (!info) return undefined;
  const told = { bytes: info.bytes, tag: tagOf(info) };
  const type = typeOf(file.name, RUN_TYPES);
  return await send(request, type, told, () => streamOf(`${folder}/${file.name}`));
}

/** Where the gallery's own styles and scripts are. */
export const STATIC = new URL("./static/", import.meta.url);
export const STATIC_FILES = ["islands.js", "logo.svg", "style.css"];

/** One of the gallery's own files. */
export async function sendStatic(request: Request, name: string): Promise<Response | undefined> {
  if (!STATIC_FILES.includes(name)) return undefined;
  const content = await platform.readFile(new URL(name, STATIC));
  const tag = (await platform.sha256(content)).slice(0, 16);
  const told = { bytes: content.length, tag };
  return await send(request, typeOf(name, OWN_TYPES), told, () => content);
}
