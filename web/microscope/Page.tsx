/** @jsxImportSource npm:preact@10.29.8 */
/** The frame of a microscope's pages. */
import type { ComponentChildren, VNode } from "../../deps/preact.ts";
import { renderToString } from "../../deps/preact_render_to_string.ts";
import type { MicroscopeData } from "../../microscope/data.ts";
import { Frame, NavLink } from "../components/Frame.tsx";
import { dirname, relative } from "../_paths.ts";
import { type Site, SiteContext, useSite } from "../site.ts";
import { fileOf, paths } from "./paths.ts";
import { nameOf } from "./view.ts";

export interface Page {
  readonly title: string;
  readonly section: "layers" | "atlas" | "classes" | "pictures";
  readonly body: VNode;
}

/** The way from the start to a page, whose own name stands at its end. */
export function Way({ data, children }: { data: MicroscopeData; children?: ComponentChildren }) {
  const { href } = useSite();
  return (
    <p class="kicker way">
      <a href={href(paths.start)}>{nameOf(data)}</a>
      {" › "}
      {children}
    </p>
  );
}

/** The ways to its sections. */
export function Sections({ section, data: { atlases } }: Pick<Page, "section"> & {
  data: MicroscopeData;
}) {
  return (
    <>
      <NavLink path={paths.start} current={section === "layers"}>Layers</NavLink>
      {atlases.length > 0 && (
        <NavLink path={paths.atlas(atlases[0])} current={section === "atlas"}>Atlas</NavLink>
      )}
      <NavLink path={paths.classes} current={section === "classes"}>Classes</NavLink>
      <NavLink path={paths.pictures()} current={section === "pictures"}>Pictures</NavLink>
    </>
  );
}

/** The site around the file of a page: all addresses lead from there. */
const siteAt = (path: string): Site => ({
  href: (to) => relative(dirname(fileOf(path)), fileOf(to)),
  writable: false,
  live: false,
});

/** The page at a path as a whole HTML document. */
export const renderAt = (
  path: string,
  { title, section, body }: Page,
  data: MicroscopeData,
): string =>
  "<!doctype html>" + renderToString(
    <SiteContext.Provider value={siteAt(path)}>
      <Frame
        title={`${title} · ${nameOf(data)}`}
        brand="Microscope"
        wide
        nav={<Sections section={section} data={data} />}
      >
        {body}
      </Frame>
    </SiteContext.Provider>,
  );
