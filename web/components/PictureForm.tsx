/** @jsxImportSource npm:preact@10.29.8 */
/** Chooses a picture and a network where no script runs. */
import type { Sample } from "../gallery.ts";
import { paths, useSite } from "../site.ts";
import { ModelOptions } from "./ModelOptions.tsx";

export function PictureForm({ models, samples }: {
  models: readonly string[];
  samples: readonly Sample[];
}) {
  const { href } = useSite();
  return (
    <form class="make" method="post" action={href("/explain/plain")} encType="multipart/form-data">
      <fieldset>
        <legend>Picture</legend>
        <label>
          <span>A file of yours</span>
          <input type="file" name="picture" accept="image/*" />
        </label>
        <ul class="samples">
          {samples.map(({ name }) => (
            <li key={name}>
              <label>
                <input type="radio" name="sample" value={name} />
                <img
                  src={href(paths.picture(name))}
                  alt={name}
                  width={64}
                  height={64}
                  class="pixels"
                />
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
      <fieldset>
        <legend>Model</legend>
        <label>
          <span class="hidden">Model</span>
          <select name="model">
            <ModelOptions ids={models} />
          </select>
        </label>
      </fieldset>
      <button type="submit" class="primary">Explain</button>
    </form>
  );
}
