/** @jsxImportSource npm:preact@10.29.8 */
/** The frame of every page. */
import type { ComponentChildren, VNode } from "../../deps/preact.ts";
import { Bring } from "../islands/Bring.tsx";
import { useSite } from "../site.ts";
import { Island } from "./Island.tsx";

const SECTIONS = {
  explain: "/explain",
  runs: "/",
  techniques: "/techniques",
  models: "/models",
  new: "/new",
  jobs: "/jobs",
};

/** What a route answers with, for the host to render. */
export interface Page {
  readonly title: string;
  readonly body: VNode;
  /** Default 200. */
  readonly status?: number;
  /** What the answer says besides. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly section?: keyof typeof SECTIONS;
  /** Whether it uses the whole width of the window. */
  readonly wide?: boolean;
  /** Look again after so many seconds where no script runs. */
  readonly refresh?: number;
}

function NavLink(props: { path: string; current: boolean; children: ComponentChildren }) {
  const { href } = useSite();
  return (
    <a href={href(props.path)} aria-current={props.current ? "page" : undefined}>
      {props.children}
    </a>
  );
}

/** A whole HTML document. */
export function Document({ page }: { page: Page }) {
  const { href, writable } = useSite(), { section } = page;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${page.title} · Phosphene`}</title>
        <link rel="icon" type="image/svg+xml" href={href("/static/logo.svg")} />
        <link rel="stylesheet" href={href("/static/style.css")} />
        {/* pages are small: painted once they are whole, nothing moves while the rest arrives */}
        <link {...{ rel: "expect", href: "#end", blocking: "render" }} />
        <script src={href("/static/islands.js")} defer />
        {page.refresh && (
          <noscript>
            <meta http-equiv="refresh" content={String(page.refresh)} />
          </noscript>
        )}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="site">
          <a class="brand" href={href("/")}>
            <img src={href("/static/logo.svg")} width={22} height={22} alt="" />
            Phosphene
          </a>
          <nav aria-label="Sections">
            {writable && (
              <NavLink path={SECTIONS.explain} current={section === "explain"}>Explain</NavLink>
            )}
            <NavLink path={SECTIONS.runs} current={section === "runs"}>Runs</NavLink>
            <NavLink path={SECTIONS.techniques} current={section === "techniques"}>
              Techniques
            </NavLink>
            <NavLink path={SECTIONS.models} current={section === "models"}>Models</NavLink>
            {writable && (
              <>
                <NavLink path={SECTIONS.new} current={section === "new"}>New run</NavLink>
                <NavLink path={SECTIONS.jobs} current={section === "jobs"}>Jobs</NavLink>
              </>
            )}
          </nav>
        </header>
        <main id="main" class={page.wide ? "wide" : undefined} tabIndex={-1}>{page.body}</main>
        {writable && <Island of={Bring} props={{}} />}
        <span id="end" hidden />
      </body>
    </html>
  );
}
