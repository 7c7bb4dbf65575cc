/** @jsxImportSource npm:preact@10.29.8 */
/** The gallery's pages, as whole documents. */
import type { VNode } from "../../deps/preact.ts";
import { Bring } from "../islands/Bring.tsx";
import { useSite } from "../site.ts";
import { Frame, NavLink } from "./Frame.tsx";
import { Island } from "./Island.tsx";

const SECTIONS = {
  explain: "/explain",
  runs: "/",
  techniques: "/techniques",
  models: "/models",
  microscopes: "/microscopes",
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

/** The ways to the gallery's sections. */
function Sections({ section }: Pick<Page, "section">) {
  const { writable, microscopes } = useSite();
  return (
    <>
      {writable && (
        <NavLink path={SECTIONS.explain} current={section === "explain"}>Explain</NavLink>
      )}
      <NavLink path={SECTIONS.runs} current={section === "runs"}>Runs</NavLink>
      <NavLink path={SECTIONS.techniques} current={section === "techniques"}>Techniques</NavLink>
      <NavLink path={SECTIONS.models} current={section === "models"}>Models</NavLink>
      {microscopes && (
        <NavLink path={SECTIONS.microscopes} current={section === "microscopes"}>
          Microscopes
        </NavLink>
      )}
      {writable && (
        <>
          <NavLink path={SECTIONS.new} current={section === "new"}>New run</NavLink>
          <NavLink path={SECTIONS.jobs} current={section === "jobs"}>Jobs</NavLink>
        </>
      )}
    </>
  );
}

/** A page of the gallery. */
export function Document({ page: { title, section, wide, refresh, body } }: { page: Page }) {
  const { writable } = useSite();
  return (
    <Frame
      title={title}
      nav={<Sections section={section} />}
      wide={wide}
      refresh={refresh}
      beside={writable && <Island of={Bring} props={{}} />}
    >
      {body}
    </Frame>
  );
}
