/**
 * The documentation as a site: files that a browser reads as they lie, from a disk or under any
 * address; every link is relative, and nothing is asked of anybody else.
 */
import type { Section } from "../_nav.ts";
import { pagesIn } from "../_nav.ts";
import { framed, type Leaf } from "./layout.tsx";
import { escaped, inColours, render, type Rendered } from "./markdown.ts";

/** What a site is made of. */
export interface Sources {
  /** Markdown by its path from `docs/`. */
  readonly pages: ReadonlyMap<string, string>;
  readonly sections: readonly Section[];
  /** The project's folder. */
  readonly root: URL;
}

/** A file of the site by its path in it. */
export type SiteFile = readonly [path: string, content: string | Uint8Array];

const HOME = "README.md";
/** What is searched for, one a page: title, path, section, and headings with their ids. */
type Found = readonly [string, string, string, readonly (readonly [string, string])[]];

/** As many letters as a card shows of a page. */
const CARD = 150;

/** The first sentences of a text, as many as a card shows, but one at least. */
function beginning(text: string): string {
  const [first = "", ...others] = text.match(/.*?[.?!](?=\s|$)|.+$/g) ?? [];
  let said = first;
  for (const sentence of others) {
    if (said.length + sentence.length > CARD) break;
    said += sentence;
  }
  return said;
}

/** A page's path in the site: `techniques/README.md` → `techniques/index.html`. */
export const addressOf = (path: string): string =>
  path.replace(/^\.\.\//, "project/").toLowerCase().replace(/readme\.md$/, "index.md")
    .replace(/\.md$/, ".html");

/** The way from one file of the site to another. */
export function relative(from: string, to: string): string {
  const start = from.split("/").slice(0, -1), end = to.split("/");
  let shared = 0;
  while (shared < start.length && start[shared] === end[shared]) shared++;
  return [...start.slice(shared).map(() => ".."), ...end.slice(shared)].join("/");
}

const isText = (path: string) => /\.(tsx?|js|json|md|py|css|lock)$/.test(path);

/** Source files that pages link to, and their folders, as pages of their own. */
class SourcePages {
  /** Path from the root → what it becomes. */
  readonly #wanted = new Map<string, string>();

  constructor(readonly root: URL) {}

  /** Where a file or a folder of the project is to be found in the site. */
  address(path: string): string {
    const clean = path.replace(/\/$/, "");
    let to = this.#wanted.get(clean);
    if (!to) {
      const { isDirectory } = Deno.statSync(new URL(clean, this.root));
      to = isDirectory
        ? `source/${clean}/index.html`
        : `source/${clean}${isText(clean) ? ".html" : ""}`;
      this.#wanted.set(clean, to);
    }
    return to;
  }

  /** Everything that was asked for, and what folders among it lead to. */
  async *files(): AsyncGenerator<{ path: string; address: string; html?: string }> {
    for (const [path, address] of this.#wanted) { // grows while it is read: folders name files
      if (address.endsWith("/index.html")) {
        yield { path, address, html: this.#folder(path, address) };
      } else if (isText(path)) {
        const text = await Deno.readTextFile(new URL(path, this.root));
        const language = path.split(".").at(-1);
        yield {
          path,
          address,
          html: `<h1 class="path"><code>${escaped(path)}</code></h1>\n` +
            `<div class="code"><pre><code>${inColours(text, language)}</code></pre></div>`,
        };
      } else yield { path, address };
    }
  }

  #folder(path: string, address: string): string {
    const entries = [...Deno.readDirSync(new URL(`${path}/`, this.root))]
      .filter(({ name, isFile }) => isFile && isText(name) && !name.startsWith("."))
      .map(({ name }) => name).sort();
    const items = entries.map((name) =>
      `<li><a href="${relative(address, this.address(`${path}/${name}`))}"><code>${
        escaped(name)
      }</code></a></li>`
    );
    return `<h1 class="path"><code>${escaped(path)}/</code></h1>\n<ul class="names">${
      items.join("")
    }</ul>`;
  }
}

/** Every file of the site. */
export async function* site({ pages, sections, root }: Sources): AsyncGenerator<SiteFile> {
  const sources = new SourcePages(root), pictures = new Set<string>();
  const docs = new URL("docs/", root);

  /** Where a link of a page leads, as a path of the site or an address elsewhere. */
  const resolverFor = (path: string) => (href: string): string => {
    if (/^([a-z]+:|#)/i.test(href)) return href;
    const from = addressOf(path);
    const [, target, hash] = /^([^#]*)(#.*)?$/.exec(href)!;
    const url = new URL(target, new URL(path, docs));
    const within = decodeURIComponent(url.href.slice(docs.href.length));
    const key = url.href.startsWith(docs.href)
      ? within
      : `../${decodeURIComponent(url.href.slice(root.href.length))}`;
    if (key === "../README.md") return relative(from, addressOf(HOME));
    if (pages.has(key)) return relative(from, addressOf(key)) + (hash ?? "");
    if (!key.startsWith("../")) {
      pictures.add(key);
      return relative(from, key);
    }
    return relative(from, sources.address(key.slice(3)));
  };

  const rendered = new Map<string, Rendered>();
  for (const [path, text] of pages) rendered.set(path, render(text, resolverFor(path)));

  const sectionAddress = ({ id }: Section) => `${id}/index.html`;
  const sectionLeaves = (from: string, section?: Section): Leaf[] =>
    sections.map((each) => ({
      title: each.title,
      href: relative(from, sectionAddress(each)),
      current: each === section,
    }));
  const leavesOf = (from: string, section: Section): Leaf[] => {
    const leaf = (path: string): Leaf => ({
      title: rendered.get(path)!.title,
      href: relative(from, addressOf(path)),
      current: addressOf(path) === from,
    });
    return section.entries.map((entry) =>
      typeof entry === "string"
        ? leaf(entry)
        : { ...leaf(entry.page), below: entry.pages.map(leaf) }
    );
  };
  const rootOf = (from: string) => "../".repeat(from.split("/").length - 1);

  // home and the sections' indexes
  const card = (from: string, path: string) => {
    const { title, summary } = rendered.get(path)!;
    return `<li><h2><a href="${relative(from, addressOf(path))}">${escaped(title)}</a></h2><p>${
      escaped(beginning(summary))
    }</p></li>`;
  };
  const cards = (from: string, section: Section) =>
    `<ul class="entries">${
      section.entries.map((entry) => card(from, typeof entry === "string" ? entry : entry.page))
        .join("")
    }</ul>`;
  const home = rendered.get(HOME)!;
  yield [
    addressOf(HOME),
    framed({
      title: "Phosphene",
      root: "",
      sections: sectionLeaves(addressOf(HOME)),
      headings: [],
      html: home.html,
    }),
  ];
  for (const section of sections) {
    const from = sectionAddress(section);
    yield [
      from,
      framed({
        title: section.title,
        root: rootOf(from),
        sections: sectionLeaves(from, section),
        pages: { section: section.title, leaves: leavesOf(from, section) },
        headings: [],
        html: `<h1>${section.title}</h1><p class="lead">${escaped(section.summary)}</p>${
          cards(from, section)
        }`,
      }),
    ];
  }

  // pages, in the order in which they are read
  const order = sections.flatMap((section) => pagesIn(section).map((path) => ({ path, section })));
  const found: Found[] = [];
  for (const [i, { path, section }] of order.entries()) {
    const from = addressOf(path), { title, html, headings } = rendered.get(path)!;
    const neighbour = (at: number) =>
      order[at] && {
        title: rendered.get(order[at].path)!.title,
        href: relative(from, addressOf(order[at].path)),
      };
    found.push([
      title,
      from,
      section.title,
      headings.filter(({ depth }) => depth > 1).map(({ text, id }) => [text, id]),
    ]);
    yield [
      from,
      framed({
        title,
        root: rootOf(from),
        sections: sectionLeaves(from, section),
        pages: { section: section.title, leaves: leavesOf(from, section) },
        headings,
        before: neighbour(i - 1),
        after: neighbour(i + 1),
        html,
      }),
    ];
  }
  for await (const { path, address, html } of sources.files()) {
    if (html === undefined) {
      yield [address, await Deno.readFile(new URL(path, root))];
      continue;
    }
    const [, title] = /<code>(.*?)<\/code>/.exec(html)!;
    yield [
      address,
      framed({
        title,
        root: rootOf(address),
        sections: sectionLeaves(address),
        headings: [],
        html,
      }),
    ];
  }
  for (const path of pictures) yield [path, await Deno.readFile(new URL(path, docs))];

  // a script, not data: what lies on a disk may load scripts beside it, and nothing else
  yield ["static/search-index.js", `globalThis.PAGES = ${JSON.stringify(found)};\n`];
  for (const name of ["style.css", "logo.svg"]) {
    yield [`static/${name}`, await Deno.readFile(new URL(`web/static/${name}`, root))];
  }
  for (const name of ["docs.css", "docs.js"]) {
    yield [`static/${name}`, await Deno.readFile(new URL(`docs/site/${name}`, root))];
  }
}
