/** @jsxImportSource npm:preact@10.29.8 */
/** From a page to HTML. */
import { renderToString } from "../deps/preact_render_to_string.ts";
import { Document, type Page } from "./components/Document.tsx";
import { type Site, SiteContext } from "./site.ts";

/** A page as a whole HTML document. */
export const renderPage = (page: Page, site: Site): string =>
  "<!doctype html>" + renderToString(
    <SiteContext.Provider value={site}>
      <Document page={page} />
    </SiteContext.Provider>,
  );
