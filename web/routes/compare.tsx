/** @jsxImportSource npm:preact@10.29.8 */
/** `/compare?run=…&run=…`: runs side by side. */
import { certainty, words } from "../../core/text.ts";
import type { Manifest } from "../../run/manifest.ts";
import { coverOf, readManifest } from "../_manifest.ts";
import { layerOf } from "../_roles.ts";
import { isSmall } from "../components/Card.tsx";
import { shown } from "../components/Facts.tsx";
import { Island } from "../components/Island.tsx";
import { Compare, type Compared } from "../islands/Compare.tsx";
import { paths, type Site, useSite } from "../site.ts";
import { get } from "./_route.ts";

/** How many runs fit side by side. */
export const MOST_COMPARED = 6;

interface Chosen {
  readonly id: string;
  readonly manifest: Manifest;
}

/** Pictures that are told apart by their role; frames are too many. */
const ROLES = ["input", "map", "overlay", "final"] as const;

function comparedOf({ id, manifest }: Chosen, href: Site["href"]): Compared | undefined {
  const cover = coverOf(manifest);
  if (!cover) return undefined;
  const { target, model, technique, files } = manifest;
  const pictures = Object.fromEntries(ROLES.flatMap((role) => {
    const file = files.find((f) => f.role === role && f.width);
    return file ? [[role, href(paths.file(id, file.name))]] : [];
  }));
  return {
    id,
    href: href(paths.run(id)),
    title: technique.title,
    facts: [
      target && `${target.label} ${certainty(target)}`,
      layerOf(manifest),
      model.id,
    ].filter(Boolean).join(" · "),
    width: cover.width!,
    height: cover.height!,
    small: isSmall({ width: cover.width!, height: cover.height! }),
    pictures: { "": href(paths.file(id, cover.name)), ...pictures },
  };
}

/** What the runs' options and circumstances are, so that differences can be seen. */
function rowsOf(chosen: readonly Chosen[]): { name: string; values: string[]; same: boolean }[] {
  const facts = chosen.map(({ manifest: m }) => ({
    technique: m.technique.title,
    model: m.model.id,
    picture: m.image?.name,
    class: m.target?.label,
    ...m.options,
    seed: m.seed,
    backend: m.backend.name,
  } as Record<string, unknown>));
  const names = [...new Set(facts.flatMap(Object.keys))];
  return names.map((name) => {
    const values = facts.map((fact) => fact[name] === undefined ? "" : shown(fact[name]));
    return { name: words(name), values, same: values.every((value) => value === values[0]) };
  });
}

function CompareView({ chosen, left }: { chosen: readonly Chosen[]; left: number }) {
  const { href } = useSite();
  if (chosen.length === 0) {
    return (
      <section class="notice">
        <h1>Nothing to compare</h1>
        <p>
          Tick the boxes on the pictures of two to six runs, then press Compare.{" "}
          <a href={href("/")}>Back to the runs</a>
        </p>
      </section>
    );
  }
  const runs = chosen.flatMap((c) => comparedOf(c, href) ?? []);
  const roles = ROLES.filter((role) => runs.some(({ pictures }) => pictures[role]));
  return (
    <>
      <h1>Compare</h1>
      {left > 0 && (
        <p class="quiet">
          {`${left} more could not be shown: missing, damaged, or beyond the first six.`}
        </p>
      )}
      <Island of={Compare} props={{ runs, roles }} />
      <div class="scroll" tabIndex={0} role="group" aria-label="Differences">
        <table class="differences">
          <caption>What differs</caption>
          <thead>
            <tr>
              <th scope="col">Option</th>
              {chosen.map(({ id, manifest }) => (
                <th scope="col" key={id}>{manifest.technique.title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rowsOf(chosen).sort((a, b) => Number(a.same) - Number(b.same)).map((row) => (
              <tr key={row.name} class={row.same ? "same" : undefined}>
                <th scope="row">{row.name}</th>
                {row.values.map((value, i) => <td key={i}>{value}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

export const compareRoutes = [
  get("/compare", async ({ gallery: { index, folder }, url }) => {
    const wanted = [...new Set(url.searchParams.getAll("run"))].slice(0, 100);
    const chosen: Chosen[] = [];
    for (const id of wanted) {
      if (chosen.length === MOST_COMPARED) break;
      const found = index.has(id) ? await readManifest(`${folder}/${id}`) : undefined;
      if (found?.manifest) chosen.push({ id, manifest: found.manifest });
    }
    return {
      title: "Compare",
      section: "runs",
      body: <CompareView chosen={chosen} left={wanted.length - chosen.length} />,
    };
  }),
];
