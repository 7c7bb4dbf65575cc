/** Pages from Markdown: headings that can be linked to, code in colours, links that lead within the site. */
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import typescript from "highlight.js/lib/languages/typescript";
import hljs from "highlight.js/lib/core";
import { Marked, type Tokens } from "marked";

const LANGUAGES = { bash, json, python, typescript };
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);
/** What fences call a language → what it is read as. */
const READ_AS: Readonly<Record<string, keyof typeof LANGUAGES>> = {
  js: "typescript",
  json: "json",
  py: "python",
  python: "python",
  sh: "bash",
  ts: "typescript",
  tsx: "typescript",
};

/** A heading that can be linked to. */
export interface Heading {
  readonly id: string;
  readonly text: string;
  /** 1 is the page's title. */
  readonly depth: number;
}

/** A page as HTML. */
export interface Rendered {
  readonly title: string;
  /** The first paragraph, without marks. */
  readonly summary: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

const ESCAPED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => ESCAPED[c]);
const unescaped = (html: string): string =>
  html.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (entity) => entity === "&#39;" ? "'" : Object.keys(ESCAPED).find((c) => ESCAPED[c] === entity)!,
  );

/** What stands in HTML for people to read. */
export const textOf = (html: string): string => unescaped(html.replace(/<[^>]*>/g, "")).trim();

/** A heading as the end of an address, as GitHub makes it. */
export const slug = (text: string): string =>
  text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");

/** Code in colours. */
export function inColours(code: string, language = ""): string {
  const known = READ_AS[language];
  return known ? hljs.highlight(code, { language: known }).value : escaped(code);
}

/**
 * A page of Markdown as HTML.
 *
 * @param resolve From a link or a picture's source as it is written to where it leads in the site.
 */
export function render(markdown: string, resolve: (href: string) => string): Rendered {
  const headings: Heading[] = [], taken = new Map<string, number>();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const html = this.parser.parseInline(tokens), text = textOf(html), base = slug(text);
        const before = taken.get(base) ?? 0, id = before ? `${base}-${before}` : base;
        taken.set(base, before + 1);
        headings.push({ id, text, depth });
        if (depth === 1) return `<h1 id="${id}">${html}</h1>\n`;
        const anchor = `<a class="anchor" href="#${id}" aria-label="Link to “${
          escaped(text)
        }”">#</a>`;
        return `<h${depth} id="${id}">${html} ${anchor}</h${depth}>\n`;
      },
      code({ text, lang }: Tokens.Code) {
        return `<div class="code"><pre><code>${
          inColours(text, lang?.split(" ")[0])
        }</code></pre></div>\n`;
      },
      link({ href, title, tokens }: Tokens.Link) {
        // what looks like an address of mail is a class at a place
        if (href.startsWith("mailto:")) return this.parser.parseInline(tokens);
        const named = title ? ` title="${escaped(title)}"` : "";
        return `<a href="${escaped(resolve(href))}"${named}>${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text }: Tokens.Image) {
        return `<img src="${escaped(resolve(href))}" alt="${escaped(text)}">`;
      },
      html({ text }: Tokens.HTML | Tokens.Tag) {
        return text.replace(/<!--[^]*?-->\n?/g, "")
          .replace(/\b(src|href)="([^"]*)"/g, (_, name, to) => `${name}="${escaped(resolve(to))}"`);
      },
    },
    hooks: {
      // a table wider than a page is moved in a frame of its own, by keys too
      postprocess: (html) =>
        html.replace(
          /<table>/g,
          `<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>`,
        )
          .replace(/<\/table>/g, "</table></div>"),
    },
  });
  const html = marked.parse(markdown, { async: false });
  const title = headings.find(({ depth }) => depth === 1)?.text ?? "";
  const [, first = ""] = /<p>((?:(?!<img|<\/p>)[^])*)<\/p>/.exec(html) ?? [];
  return { title, summary: textOf(first).replace(/\s+/g, " "), html, headings };
}
