/** @jsxImportSource npm:preact@10.29.8 */
/** What is around the content of any page. */
import type { ComponentChildren } from "../../deps/preact.ts";
import { useSite } from "../site.ts";

/** A way to one of a site's sections. */
export function NavLink(props: {
  path: string;
  current: boolean;
  children: ComponentChildren;
}) {
  const { href } = useSite();
  return (
    <a href={href(props.path)} aria-current={props.current ? "page" : undefined}>
      {props.children}
    </a>
  );
}

/** A whole HTML document. */
export function Frame({ title, brand = "Phosphene", nav, wide, refresh, beside, children }: {
  title: string;
  /** What the site is called. */
  brand?: string;
  /** The ways to its sections. */
  nav: ComponentChildren;
  /** Whether the content uses the whole width of the window. */
  wide?: boolean;
  /** Look again after so many seconds where no script runs. */
  refresh?: number;
  /** What every page has beside its content. */
  beside?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { href } = useSite();
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · ${brand}`}</title>
        <link rel="icon" type="image/svg+xml" href={href("/static/logo.svg")} />
        <link rel="stylesheet" href={href("/static/style.css")} />
        {/* pages are small: painted once they are whole, nothing moves while the rest arrives */}
        <link {...{ rel: "expect", href: "#end", blocking: "render" }} />
        <script src={href("/static/islands.js")} defer />
        {refresh && (
          <noscript>
            <meta http-equiv="refresh" content={String(refresh)} />
          </noscript>
        )}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="site">
          <a class="brand" href={href("/")}>
            <img src={href("/static/logo.svg")} width={22} height={22} alt="" />
            {brand}
          </a>
          <nav aria-label="Sections">{nav}</nav>
        </header>
        <main id="main" class={wide ? "wide" : undefined} tabIndex={-1}>{children}</main>
        {beside}
        <span id="end" hidden />
      </body>
    </html>
  );
}
