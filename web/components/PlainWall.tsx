/** @jsxImportSource npm:preact@10.29.8 */
/** A picture's answers and explanations where no script runs: each picture is asked for as it is seen. */
import { certainty } from "../../core/text.ts";
import { modelName } from "../../run/model_name.ts";
import type { Technique } from "../../run/technique.ts";
import type { AnswerClass } from "../_explained.ts";
import { paths, useSite } from "../site.ts";

export interface PlainWallProps {
  readonly picture: { readonly token: string; readonly name: string };
  readonly model: string;
  readonly classes: readonly AnswerClass[];
  /** Number of the class that is explained; none yet where it is undefined. */
  readonly explained?: number;
  readonly techniques: readonly Technique[];
}

export function PlainWall(props: PlainWallProps) {
  const { picture, model, classes, explained, techniques } = props, { href } = useSite();
  const query = (parts: Record<string, string | number>) => {
    const params = new URLSearchParams({ picture: picture.token, model });
    for (const [name, value] of Object.entries(parts)) params.set(name, String(value));
    return params;
  };
  return (
    <article class="explain">
      <h1>{picture.name}</h1>
      <p>
        <img class="brought" src={href(paths.picture(picture.token))} alt={picture.name} />
      </p>
      <section>
        <h2>{`What ${modelName(model)} says`}</h2>
        <ol class="answers">
          {classes.map((answer) => (
            <li key={answer.index}>
              <a
                href={href(`/explain/plain?${query({ class: answer.index })}`)}
                aria-current={answer.index === explained ? "true" : undefined}
              >
                {answer.label}
              </a>{" "}
              <span class="number">{certainty(answer)}</span>
            </li>
          ))}
        </ol>
        {explained === undefined && (
          <p class="quiet">
            Choose an answer to see what speaks for it.
          </p>
        )}
      </section>
      {explained !== undefined && (
        <ul class="wall">
          {techniques.map(({ id, title }) => (
            <li key={id}>
              <img
                src={href(`/explain/overlay.png?${query({ class: explained, technique: id })}`)}
                alt={`${title}: the map over the picture`}
                loading="lazy"
              />
              <h3>
                <a href={href(paths.technique(id))}>{title}</a>
              </h3>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
