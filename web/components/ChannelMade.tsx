/** @jsxImportSource npm:preact@10.29.8 */
/** What a channel looks for: pictures that runs made of it, and buttons that make more. */
import { fieldOfRole } from "../../core/options.ts";
import type { Technique } from "../../run/technique.ts";
import { techniques } from "../../techniques/mod.ts";
import { optionName } from "../_fields.ts";
import { takesPicture } from "../_form.ts";
import { keptValue } from "../_pictures_sent.ts";
import type { RunEntry } from "../run_index.ts";
import { paths, useSite } from "../site.ts";
import { Grid } from "./Card.tsx";

/** What a form must send to make a picture of a channel with a technique; nothing where it makes none. */
function fieldsFor(
  technique: Technique,
  { model, layer, channel, picture }: {
    readonly model: string;
    readonly layer: string;
    readonly channel: number;
    readonly picture?: string;
  },
): Record<string, string> | undefined {
  if (technique.kind !== "visualization") return undefined;
  const layers = fieldOfRole(technique.options, "layer");
  const channels = fieldOfRole(technique.options, "channel");
  if (!layers || !channels) return undefined;
  if (takesPicture(technique) === "required" && picture === undefined) return undefined;
  return {
    model,
    ...picture === undefined ? {} : { sample: keptValue([picture]) },
    [optionName(layers.name)]: layer,
    [optionName(channels.name)]: String(channel),
  };
}

/** Pictures that runs made of a channel, and buttons that make more. */
export function ChannelMade({ model, layer, channel, picture, runs }: {
  model: string;
  layer: string;
  channel: number;
  picture?: string;
  runs: readonly RunEntry[];
}) {
  const { href } = useSite(), asked = { model, layer, channel, picture };
  return (
    <section>
      <h2>What it looks for</h2>
      {runs.length > 0 && <Grid runs={runs} />}
      <div class="buttons wrap">
        {[...techniques].map((technique) => {
          const fields = fieldsFor(technique, asked);
          return fields && (
            <form
              key={technique.id}
              method="post"
              action={href(paths.make(technique.id))}
              encType="multipart/form-data"
            >
              {Object.entries(fields).map(([name, value]) => (
                <input key={name} type="hidden" name={name} value={value} />
              ))}
              <button type="submit">{`Make: ${technique.title}`}</button>
            </form>
          );
        })}
      </div>
    </section>
  );
}
