/** @jsxImportSource npm:preact@10.29.8 */
/** All techniques by kind, each with what it makes of the one example. */
import type { Technique } from "../../run/technique.ts";
import { techniques } from "../../techniques/mod.ts";
import { paths, useSite } from "../site.ts";
import { techniquePicture } from "../technique_pictures.ts";

/** What kinds of techniques there are, in words. */
export const KINDS = {
  attribution: {
    title: "Attribution",
    summary: "Which part of a picture made the network say what it says.",
  },
  visualization: {
    title: "Visualization",
    summary: "What a network, or a part of it, looks for.",
  },
} as const;

/** What a technique makes of the one example; a quiet blank where it is not known. */
export function Example({ technique: { id, title } }: { technique: Technique }) {
  const { href } = useSite(), picture = techniquePicture(id);
  return (
    <span class="tile example">
      {picture && (
        <img
          src={href(paths.techniquePicture(id))}
          alt={`${title}, of a cat`}
          width={picture.width}
          height={picture.height}
          class="pixels"
        />
      )}
    </span>
  );
}

export function TechniqueList({ hrefOf, noteOf }: {
  hrefOf(technique: Technique): string;
  /** What is said below a technique's summary. */
  noteOf?(technique: Technique): string;
}) {
  return (
    <>
      {(Object.keys(KINDS) as Technique["kind"][]).map((kind) => (
        <section key={kind}>
          <h2>{KINDS[kind].title}</h2>
          <p class="quiet">{KINDS[kind].summary}</p>
          <ul class="entries pictured">
            {[...techniques].filter((technique) => technique.kind === kind).map((technique) => (
              <li key={technique.id}>
                <Example technique={technique} />
                <div>
                  <h3>
                    <a href={hrefOf(technique)}>{technique.title}</a>
                  </h3>
                  <p>{technique.summary}</p>
                  {noteOf && <p class="quiet">{noteOf(technique)}</p>}
                </div>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
