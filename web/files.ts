/** Files over HTTP: those of a run, thumbnails, and the gallery's own. */
import { type FileFacts, platform } from "../platform/mod.ts";
import type { RunFile } from "../run/manifest.ts";
import { FOREIGN } from "./guard.ts";
import { statFile, statPlain } from "./_manifest.ts";

type Types = Readonly<Record<string, string>>;

/** What a browser may show of a run, by the ends of names; all else it may only save. */
const SHOWN: Types = {
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json; charset=utf-8",
  png: "image/png",
  webp: "image/webp",
};

/** The gallery's own. */
const OWN: Types = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml; charset=utf-8",
};

const typeOf = (name: string, types: Types): string | undefined =>
  types[name.split(".").at(-1)!.toLowerCase()];

/** How a file that somebody brought is sent: shown, where nothing in it can act, or else saved. */
const foreign = (name: string): Record<string, string> => {
  const type = typeOf(name, SHOWN);
  return {
    ...FOREIGN,
    "content-type": type ?? "application/octet-stream",
    ...(type ? {} : { "content-disposition": `attachment; filename="${name}"` }),
  };
};

/** Answers with a file, or with "not modified" where the browser has it. */
async function send(
  request: Request,
  told: Readonly<Record<string, string>>,
  { bytes, tag }: { readonly bytes: number; readonly tag: string },
  body: () => BodyInit | Promise<BodyInit>,
): Promise<Response> {
  const etag = `"${tag}"`, headers = new Headers({ etag, "cache-control": "no-cache", ...told });
  if (request.headers.get("if-none-match") === etag) {
    return new Response(null, { status: 304, headers });
  }
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
  return await send(request, foreign(file.name), told, () => streamOf(`${folder}/${file.name}`));
}

/** A picture of a microscope; nothing where it is missing. */
export async function sendPicture(request: Request, path: string): Promise<Response | undefined> {
  const info = await statPlain(path);
  if (!info) return undefined;
  const told = { bytes: info.bytes, tag: tagOf(info) };
  return await send(request, foreign(path), told, () => streamOf(path));
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
  return await send(request, { "content-type": typeOf(name, OWN)! }, told, () => content);
}
