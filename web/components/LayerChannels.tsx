/** @jsxImportSource npm:preact@10.29.8 */
/** A layer's channels on a picture. */
import type { LayerAnswer } from "../_explained.ts";
import type { Gallery } from "../gallery.ts";
import { activation, queryOf, type Shown } from "../layer_query.ts";
import { paths, useSite } from "../site.ts";
import { short } from "./format.ts";
import { LookedAt } from "./LookedAt.tsx";

/** Two ways to show something, of which one is chosen. */
function Either({ label, options }: {
  label: string;
  options: readonly { readonly title: string; readonly href: string; readonly chosen: boolean }[];
}) {
  return (
    <p class="either">
      <span class="quiet">{label}</span>
      {options.map(({ title, href, chosen }) => (
        <a key={title} href={href} aria-current={chosen ? "true" : undefined}>{title}</a>
      ))}
    </p>
  );
}

export function LayerChannels({ model, layer, answer, shown, gallery }: {
  model: string;
  layer: string;
  answer: LayerAnswer;
  shown: Shown;
  gallery: Gallery;
}) {
  const { href } = useSite(), path = paths.layer(model, layer);
  const numbers = answer.means.map((_, channel) => channel);
  if (shown.order === "strength") numbers.sort((a, b) => answer.means[b] - answer.means[a]);
  const to = (changed: Partial<Shown>) => href(`${path}?${queryOf(shown, changed)}`);
  return (
    <section>
      <h2>{`Its ${numbers.length} channels on this picture`}</h2>
      <LookedAt gallery={gallery} shown={shown} path={path} />
      <div class="eithers">
        <Either
          label="Order"
          options={(["number", "strength"] as const).map((order) => ({
            title: order === "number" ? "by number" : "strongest mean first",
            href: to({ order }),
            chosen: shown.order === order,
          }))}
        />
        <Either
          label="Scale"
          options={[false, true].map((common) => ({
            title: common ? "one for all" : "each its own",
            href: to({ common }),
            chosen: shown.common === common,
          }))}
        />
      </div>
      <ul class="channels">
        {numbers.map((channel) => (
          <li key={channel}>
            <a
              href={href(`${paths.channel(model, layer, channel)}?${queryOf(shown)}`)}
              title={`mean ${short(answer.means[channel])}, largest ${
                short(answer.largest[channel])
              }`}
            >
              <img
                src={href(activation(model, layer, channel, shown))}
                alt=""
                width={answer.shape.length === 3 ? answer.shape[1] : 1}
                height={answer.shape.length === 3 ? answer.shape[0] : 1}
                class="pixels"
                loading="lazy"
              />
              {channel}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
