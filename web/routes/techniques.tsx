/** @jsxImportSource npm:preact@10.29.8 */
/** `/techniques`: what there is; `/techniques/:id`: one of them, from its own description. */
import { platform } from "../../platform/mod.ts";
import { optionFields, taken } from "../../core/options.ts";
import type { Technique } from "../../run/technique.ts";
import { techniques } from "../../techniques/mod.ts";
import { inLabels } from "../_say.ts";
import { Grid } from "../components/Card.tsx";
import type { Page } from "../components/Document.tsx";
import { shown } from "../components/Facts.tsx";
import { Example, KINDS, TechniqueList } from "../components/TechniqueList.tsx";
import { plural } from "../components/format.ts";
import type { RunEntry, RunIndex } from "../run_index.ts";
import { paths, useSite } from "../site.ts";
import { techniquePicture } from "../technique_pictures.ts";
import { get, missing } from "./_route.ts";

/** Runs that a page shows of its subject. */
export const FEW = 12;

function Overview({ index }: { index: RunIndex }) {
  const { href } = useSite(), runs = [...index];
  return (
    <>
      <h1>Techniques</h1>
      <p class="lead">
        What each makes of the same network and, where it takes one, of the same picture.
      </p>
      <TechniqueList
        hrefOf={({ id }) => href(paths.technique(id))}
        noteOf={({ id }) => {
          const n = runs.filter((run) => run.technique.id === id).length;
          return n > 0 ? plural(n, "run") : "no runs yet";
        }}
      />
    </>
  );
}

function OptionsTable({ technique }: { technique: Technique }) {
  const fields = optionFields(technique.options);
  if (fields.length === 0) return <p class="quiet">It has none.</p>;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Options">
      <table class="options">
        <thead>
          <tr>
            <th scope="col">Option</th>
            <th scope="col">Meaning</th>
            <th scope="col">Default</th>
            <th scope="col">Values</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">
                {field.label}
              </th>
              <td>{inLabels(field.description)}</td>
              <td>{field.default === undefined ? "" : shown(field.default)}</td>
              <td>
                {field.type === "boolean" ? "on or off" : taken(field)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Some runs, newest first, and the way to the rest. */
export function FewRuns({ runs, all }: { runs: readonly RunEntry[]; all: string }) {
  const { href, live } = useSite();
  return (
    <section>
      <h2>Runs</h2>
      {runs.length === 0 ? <p class="quiet">None yet.</p> : (
        <>
          <Grid runs={live ? runs.slice(0, FEW) : runs} />
          {live && runs.length > FEW && (
            <p>
              <a href={href(all)}>{`All ${plural(runs.length, "run")}`}</a>
            </p>
          )}
        </>
      )}
    </section>
  );
}

function TechniqueView({ technique, runs }: { technique: Technique; runs: readonly RunEntry[] }) {
  const { href, writable } = useSite(), { id, title, summary, caution, paper, kind } = technique;
  return (
    <article class="about">
      <header class="pictured">
        <div>
          <p class="kicker">{KINDS[kind].title}</p>
          <h1>{title}</h1>
          <p class="lead">{summary}</p>
          {writable && (
            <p>
              <a class="button primary" href={href(paths.make(id))}>Make a run</a>
            </p>
          )}
        </div>
        {techniquePicture(id) && <Example technique={technique} />}
      </header>
      <section>
        <h2>When not to trust it</h2>
        <p>{caution}</p>
      </section>
      <section>
        <h2>What is computed</h2>
        <pre tabIndex={0} aria-label="Equation"><code>{paper.equation}</code></pre>
        <p>
          <a href={paper.url} rel="noreferrer">{paper.citation}</a>
        </p>
      </section>
      <section>
        <h2>Options</h2>
        <OptionsTable technique={technique} />
      </section>
      <FewRuns runs={runs} all={`/?technique=${encodeURIComponent(id)}`} />
    </article>
  );
}

/** The page of a technique; a technique that only old runs know is missing. */
export function techniquePage(id: string, index: RunIndex): Page {
  if (!techniques.has(id)) throw missing(`There is no technique "${id}" here.`);
  const technique = techniques.get(id);
  const runs = [...index].filter((run) => run.technique.id === id);
  return {
    title: technique.title,
    section: "techniques",
    body: <TechniqueView technique={technique} runs={runs} />,
  };
}

/** The page of all techniques. */
export const techniquesPage = (index: RunIndex): Page => ({
  title: "Techniques",
  section: "techniques",
  body: <Overview index={index} />,
});

export const techniqueRoutes = [
  get("/techniques", ({ gallery }) => techniquesPage(gallery.index)),
  get("/techniques/:id/picture", async ({ params: { id } }) => {
    const picture = techniquePicture(id);
    if (!picture) throw missing(`There is no picture of a technique "${id}".`);
    const headers = { "content-type": "image/png", "cache-control": "max-age=3600" };
    return new Response(await platform.readFile(picture.url), { headers });
  }),
  get("/techniques/:id", ({ gallery, params }) => techniquePage(params.id, gallery.index)),
];
