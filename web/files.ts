/** Files over HTTP: those of a run, thumbnails, and the gallery's own. */
import type { RunFile } from "../run/manifest.ts";
import { statFile } from "./_manifest.ts";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  gif: "image/gif",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml; charset=utf-8",
};

/** The type of a file by its name; what is not known to be harmless is mere bytes. */
const typeOf = (name: string) => TYPES[name.split(".").at(-1)!] ?? "application/octet-stream";

/** Answers with a file, or with "not modified" where the browser has it. */
async function send(request: Request, path: string | URL, { size, mtime }: Deno.FileInfo) {
  const etag = `"${size.toString(36)}-${(mtime?.getTime() ?? 0).toString(36)}"`;
  const headers = new Headers({ etag, "cache-control": "no-cache" });
  if (request.headers.get("if-none-match") === etag) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", typeOf(String(path)));
  headers.set("content-length", String(size));
  if (request.method === "HEAD") return new Response(null, { headers });
  const file = await Deno.open(path, { read: true });
  return new Response(file.readable, { headers });
}

/** A file of a run as its manifest lists it; nothing where it is missing or a link. */
export async function sendRunFile(
  request: Request,
  folder: string,
  file: RunFile,
): Promise<Response | undefined> {
  const info = await statFile(folder, file);
  return info && await send(request, `${folder}/${file.name}`, info);
}

/** Where the gallery's own styles and scripts are. */
export const STATIC = new URL("./static/", import.meta.url);
export const STATIC_FILES = ["islands.js", "logo.svg", "style.css"];

/** One of the gallery's own files. */
export async function sendStatic(request: Request, name: string): Promise<Response | undefined> {
  if (!STATIC_FILES.includes(name)) return undefined;
  const url = new URL(name, STATIC);
  return await send(request, url, await Deno.stat(url));
}
