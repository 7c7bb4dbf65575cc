/** The gallery as files: the same pages, for any host of static files. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import { techniques } from "../techniques/mod.ts";
import { comparedOf } from "./_compared.ts";
import { scoresIn } from "./_scores.ts";
import { readManifest, statPlain } from "./_manifest.ts";
import { AS_SCRIPT, asScript } from "./bytes.ts";
import type { Page } from "./components/Document.tsx";
import type { ExportedRun } from "./exported.ts";
import { STATIC, STATIC_FILES } from "./files.ts";
import { dirname, relative } from "./_paths.ts";
import type { Gallery } from "./gallery.ts";
import { pictureIn } from "./microscopes.ts";
import { renderPage } from "./render.tsx";
import { comparedPage } from "./routes/compare.tsx";
import { indexPage } from "./routes/home.tsx";
import { microscopePage, microscopesPage } from "./routes/microscopes.tsx";
import { modelNames, modelPage, modelsPage } from "./routes/models.tsx";
import { runPage } from "./routes/run.tsx";
import { techniquePage, techniquesPage } from "./routes/techniques.tsx";
import { addressOf } from "./run_query.ts";
import { paths, RUNS_SCRIPT, type Site } from "./site.ts";
import { techniquePicture } from "./technique_pictures.ts";

/** A name that every file system and host takes as it is; different names stay different. */
function plainName(name: string): string {
  const plain = name.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_");
  if (plain === name && name.length < 120) return name;
  let hash = 0;
  for (const letter of name) hash = Math.imul(hash, 31) + letter.codePointAt(0)! | 0;
  return `${plain.slice(0, 100)}-${(hash >>> 0).toString(36)}`;
}

/** The file of a page or a picture by its path in the gallery. */
function fileOf(path: string): string {
  const url = new URL(path, "http://gallery"), page = Number(url.searchParams.get("page") ?? 1);
  const [section, name = "", kind = "", file = ""] = url.pathname.slice(1).split("/");
  const plain = plainName(decodeURIComponent(name));
  if (section === "") return page > 1 ? `page-${page}.html` : "index.html";
  if (section === "static") return `static/${name}`;
  if (url.pathname === RUNS_SCRIPT) return "runs.js";
  if (section === "compare") return "compare.html";
  if (kind === "picture") return `${section}/${plain}.png`;
  if (section === "microscopes" && name) {
    const [, , , ...rest] = url.pathname.split("/");
    return `microscopes/${plain}/${rest.join("/") || "index.html"}`;
  }
  if (section === "runs") {
    if (kind === "files") return `runs/${plain}/${file}`;
    if (kind === "compared.js") return `runs/${plain}/${kind}`;
    return `runs/${plain}/${kind === "thumbnail" ? "thumbnail.jpg" : "index.html"}`;
  }
  return `${section}/${name ? `${plain}.html` : "index.html"}`;
}

/** Every page, by its path; one at a time, because runs are many. */
async function* pagesOf(gallery: Gallery): AsyncGenerator<[path: string, page: Page]> {
  const { index, folder } = gallery;
  for (let page = 1, pages = 1; page <= pages; page++) {
    const found = index.list({ page });
    pages = found.pages;
    yield [addressOf({}, page), indexPage({ found, query: {}, jobs: [], folder })];
  }
  for (const { id } of index) yield [paths.run(id), await runPage(gallery, id)];
  yield ["/compare", await comparedPage()];
  yield ["/techniques", techniquesPage(index)];
  for (const { id } of techniques) yield [paths.technique(id), techniquePage(id, index)];
  yield ["/models", modelsPage(gallery)];
  for (const id of modelNames(gallery)) yield [paths.model(id), await modelPage(id, gallery)];
  yield* microscopePagesOf(gallery);
}

/** Those of microscopes. @throws UserError where one is damaged: a site without it would look whole. */
async function* microscopePagesOf(
  gallery: Gallery,
): AsyncGenerator<[path: string, page: Page]> {
  const { microscopes } = gallery;
  if (microscopes.folders.size === 0) return;
  yield [paths.microscopes, await microscopesPage(gallery)];
  for (const name of microscopes.folders.keys()) {
    for await (const path of (await microscopes.open(name))!.pages.paths()) {
      yield [paths.microscope(name, path), await microscopePage(gallery, name, path)];
    }
  }
}

/** Where the thumbnails of runs whose covers are small enough are: the covers themselves. */
async function writeThumbnails(gallery: Gallery, folder: string): Promise<Map<string, string>> {
  const covers = new Map<string, string>();
  for (const { id, damage } of gallery.index) {
    const { manifest } = damage ? {} : await readManifest(`${gallery.folder}/${id}`) ?? {};
    const found = manifest && await gallery.pictures.thumbnail(id, manifest);
    if (found && "file" in found) covers.set(paths.thumbnail(id), paths.file(id, found.file.name));
    if (found && "jpeg" in found) {
      const file = `${folder}/${fileOf(paths.thumbnail(id))}`;
      await platform.makeFolder(dirname(file));
      await platform.writeFile(file, found.jpeg);
    }
  }
  return covers;
}

/** Copies one of a run's files, or writes a script of its bytes; a link, or what is not there, is left out. */
async function writeRunFile(gallery: Gallery, path: string, to: string): Promise<void> {
  const [, id, wanted] = /^\/runs\/([^/]+)\/files\/([^/]+)$/.exec(path)!.map(decodeURIComponent);
  const scripted = wanted.endsWith(AS_SCRIPT);
  const name = scripted ? wanted.slice(0, -AS_SCRIPT.length) : wanted;
  const from = `${gallery.folder}/${id}/${name}`;
  if (!await statPlain(`${gallery.folder}/${id}`, "folder") || !await statPlain(from)) return;
  await platform.makeFolder(dirname(to));
  if (scripted) await platform.writeFile(to, asScript(await platform.readFile(from)));
  else await platform.copyFile(from, to);
}

/** Copies one of a microscope's pictures; a link, or what is not there, is left out. */
async function writeMicroscopePicture(
  { microscopes }: Gallery,
  path: string,
  to: string,
): Promise<void> {
  const [, name, within] = /^\/microscopes\/([^/]+)(\/.*)$/.exec(path)!;
  const shown = await microscopes.open(decodeURIComponent(name));
  const from = shown && await pictureIn(shown, within);
  if (!from) return;
  await platform.makeFolder(dirname(to));
  await platform.copyFile(from, to);
}

/** Copies the pictures of the techniques. */
async function writeTechniquePictures(folder: string): Promise<void> {
  await platform.makeFolder(`${folder}/techniques`);
  for (const { id } of techniques) {
    const picture = techniquePicture(id), to = `${folder}/${fileOf(paths.techniquePicture(id))}`;
    if (picture) await platform.writeFile(to, await platform.readFile(picture.url));
  }
}

const encoded = (data: unknown) => asScript(new TextEncoder().encode(JSON.stringify(data)));

/** Writes what pages look through and compare where no server answers. */
async function writeRuns(gallery: Gallery, folder: string, site: Site): Promise<void> {
  const runs: ExportedRun[] = [];
  for (const { entry, haystack } of gallery.index.listed()) {
    const { id, damage } = entry;
    const { manifest } = damage ? {} : await readManifest(`${gallery.folder}/${id}`) ?? {};
    const scores = await scoresIn(`${gallery.folder}/${id}`);
    const run = manifest && comparedOf(id, manifest, scores, site), path = paths.compared(id);
    if (run) await platform.writeFile(`${folder}/${fileOf(path)}`, encoded({ run }));
    runs.push({
      entry,
      haystack,
      href: site.href(paths.run(id)),
      thumbnail: site.href(paths.thumbnail(id)),
      compared: run && site.href(path),
    });
  }
  await platform.writeFile(`${folder}/${fileOf(RUNS_SCRIPT)}`, encoded({ runs }));
}

/**
 * Writes a gallery as a static site with relative links into a new folder, whole or not at all.
 *
 * @returns How many pages it has.
 * @throws UserError where the folder has something in it or cannot be written.
 */
export async function exportGallery(
  gallery: Gallery,
  folder: string,
  options: { readonly signal?: AbortSignal; onPage?(done: number): void } = {},
): Promise<number> {
  const target = folder.replace(/\/+$/, "") || "/";
  try {
    for await (const _ of platform.list(target)) throw new UserError(NOT_EMPTY(folder));
  } catch (error) {
    if (platform.fault(error) !== "missing") throw unwritable(folder, error);
  }
  try {
    let pages = 0;
    await platform.makeFolder(dirname(target));
    await platform.writeWhole(target, async (partial) => {
      pages = await writeSite(gallery, partial, options);
    }); // over an empty folder, at most
    return pages;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw unwritable(folder, error);
  }
}

/** Whether a path is that of a file of the gallery's folders. */
const isCopied = (path: string) => /^\/runs\/[^/]+\/files\/|^\/microscopes\/.*\.png$/.test(path);

/** Writes the site's files; how many pages there are. */
async function writeSite(
  gallery: Gallery,
  folder: string,
  options: NonNullable<Parameters<typeof exportGallery>[2]>,
): Promise<number> {
  await platform.makeFolder(`${folder}/static`);
  for (const name of STATIC_FILES) {
    const content = await platform.readFile(new URL(name, STATIC));
    await platform.writeFile(`${folder}/static/${name}`, content);
  }
  await writeTechniquePictures(folder);
  const covers = await writeThumbnails(gallery, folder);
  const written = new Set<string>();
  let pages = 0;
  /** The site around a page's file; what the page links to of runs' files is gathered. */
  const siteOf = (file: string, wanted: string[]): Site => ({
    href(path) {
      const to = covers.get(path) ?? path;
      if (isCopied(to)) wanted.push(to);
      return relative(dirname(`/${file}`), `/${fileOf(to)}`);
    },
    writable: false,
    live: false,
    microscopes: gallery.microscopes.folders.size > 0,
  });
  /** What a page links to is what the site needs. */
  const write = async (wanted: readonly string[]) => {
    for (const path of wanted) {
      if (written.has(path)) continue;
      written.add(path);
      const writeOne = path.startsWith("/runs/") ? writeRunFile : writeMicroscopePicture;
      await writeOne(gallery, path, `${folder}/${fileOf(path)}`);
    }
  };
  for await (const [path, page] of pagesOf(gallery)) {
    options.signal?.throwIfAborted();
    const file = fileOf(path), wanted: string[] = [];
    const html = renderPage(page, siteOf(file, wanted));
    await platform.makeFolder(dirname(`${folder}/${file}`));
    await platform.writeFile(`${folder}/${file}`, html);
    await write(wanted);
    pages++;
    options.onPage?.(pages);
  }
  const wanted: string[] = [];
  await writeRuns(gallery, folder, siteOf("index.html", wanted));
  await write(wanted);
  return pages;
}

const NOT_EMPTY = (folder: string) =>
  `Cannot export to "${folder}": there is something in it; name a new folder.`;

/** The user's fault where the system refused, else the error as it is. */
const unwritable = (folder: string, error: unknown) =>
  platform.fault(error)
    ? new UserError(`Cannot export to "${folder}": ${platform.reason(error)}.`, { cause: error })
    : error;
