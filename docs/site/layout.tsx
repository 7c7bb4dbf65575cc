/** @jsxImportSource npm:preact@10.29.8 */
/** The frame of every page of the site. */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Heading } from "./markdown.ts";

/** A link of the navigation. */
export interface Leaf {
  readonly title: string;
  readonly href: string;
  readonly current: boolean;
  /** What stands under it. */
  readonly below?: readonly Leaf[];
}

/** What the frame is drawn around. */
export interface Framed {
  readonly title: string;
  /** The way from the page's folder to the site's root: nothing, or `../`. */
  readonly root: string;
  readonly sections: readonly Leaf[];
  /** The pages of the section that the page is in. */
  readonly pages?: { readonly section: string; readonly leaves: readonly Leaf[] };
  readonly headings: readonly Heading[];
  readonly before?: { readonly title: string; readonly href: string };
  readonly after?: { readonly title: string; readonly href: string };
  /** The page as HTML. */
  readonly html: string;
}

const current = (leaf: Leaf) => leaf.current ? "page" : undefined;

const isOpen = ({ current, below = [] }: Leaf): boolean => current || below.some(isOpen);

function Leaves({ leaves }: { leaves: readonly Leaf[] }) {
  return (
    <ul>
      {leaves.map((leaf) => (
        <li key={leaf.href}>
          <a href={leaf.href} aria-current={current(leaf)}>{leaf.title}</a>
          {leaf.below && isOpen(leaf) && <Leaves leaves={leaf.below} />}
        </li>
      ))}
    </ul>
  );
}

/** What is always there where there is room, and opened where there is not. */
function Folded(props: { class: string; summary: string; children: ComponentChildren }) {
  return (
    <details class={props.class}>
      <summary>{props.summary}</summary>
      {props.children}
    </details>
  );
}

function OnThisPage({ headings }: { headings: readonly Heading[] }) {
  const shown = headings.filter(({ depth }) => depth === 2);
  if (shown.length < 2) return null;
  return (
    <Folded class="toc" summary="On this page">
      <nav aria-label="On this page">
        <ul>
          {shown.map(({ id, text }) => (
            <li key={id}>
              <a href={`#${id}`}>{text}</a>
            </li>
          ))}
        </ul>
      </nav>
    </Folded>
  );
}

function Document({ page }: { page: Framed }) {
  const { title, root, sections, pages, before, after } = page;
  return (
    <html lang="en" data-root={root}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === "Phosphene" ? title : `${title} · Phosphene`}</title>
        <link rel="icon" type="image/svg+xml" href={`${root}static/logo.svg`} />
        <link rel="stylesheet" href={`${root}static/style.css`} />
        <link rel="stylesheet" href={`${root}static/docs.css`} />
        <script src={`${root}static/docs.js`} defer />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="site">
          <a class="brand" href={`${root}index.html`}>
            <img src={`${root}static/logo.svg`} width={22} height={22} alt="" />
            Phosphene
          </a>
          <nav aria-label="Sections">
            {sections.map((leaf) => (
              <a key={leaf.href} href={leaf.href} aria-current={current(leaf)}>{leaf.title}</a>
            ))}
          </nav>
          <search class="search">
            <label>
              <span class="hidden">Search these pages</span>
              <input type="search" placeholder="Search" autocomplete="off" spellcheck={false} />
            </label>
            <p class="hidden" role="status" />
            <ul hidden />
          </search>
        </header>
        <div class={pages ? "docs" : "docs alone"}>
          {pages && (
            <Folded class="pages" summary={pages.section}>
              <nav aria-label={pages.section}>
                <Leaves leaves={pages.leaves} />
              </nav>
            </Folded>
          )}
          <main id="main" tabIndex={-1}>
            <OnThisPage headings={page.headings} />
            <article class="prose" dangerouslySetInnerHTML={{ __html: page.html }} />
            {(before || after) && (
              <nav class="neighbours" aria-label="Previous and next page">
                {before && (
                  <a rel="prev" href={before.href}>
                    <span class="kicker">Previous</span>
                    {before.title}
                  </a>
                )}
                {after && (
                  <a rel="next" href={after.href}>
                    <span class="kicker">Next</span>
                    {after.title}
                  </a>
                )}
              </nav>
            )}
          </main>
        </div>
      </body>
    </html>
  );
}

/** A page in its frame, as a whole HTML document. */
export const framed = (page: Framed): string =>
  "<!doctype html>\n" + renderToString(<Document page={page} />);
