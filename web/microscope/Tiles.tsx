/** @jsxImportSource npm:preact@10.29.8 */
/** Channels as small pictures: what each looks for and, over it, what excites it. */
import type { ComponentChildren } from "../../deps/preact.ts";
import { SIDE } from "../../microscope/crops.ts";
import { isSmall } from "../components/Card.tsx";
import { useSite } from "../site.ts";
import { paths } from "./paths.ts";
import type { LayerView } from "./view.ts";

/** A channel that leads to its page. */
export function Tile({ layer: { slug, looks, image }, channel, values, children }: {
  layer: LayerView;
  channel: number;
  /** What it can be sorted by, for a script. */
  values?: readonly number[];
  /** What is said beside its number. */
  children?: ComponentChildren;
}) {
  const { href } = useSite(), crops = href(paths.crops(slug, channel));
  return (
    <li data-values={values?.map((value) => Number(value.toPrecision(4))).join(" ")}>
      <a href={href(paths.channel(slug, channel))}>
        {image && looks[channel] && (
          <img
            src={href(paths.image(slug, channel))}
            alt=""
            width={image.width}
            height={image.height}
            class={isSmall(image) ? "pixels" : undefined}
            loading="lazy"
          />
        )}
        <img
          src={crops}
          alt=""
          width={SIDE}
          height={SIDE}
          class={looks[channel] ? "over" : undefined}
          loading="lazy"
        />
        <b>{channel}</b> {children}
      </a>
    </li>
  );
}

export function Tiles({ label, id, children }: {
  label: string;
  id?: string;
  children: ComponentChildren;
}) {
  return <ul class="tiles-sheet" id={id} aria-label={label}>{children}</ul>;
}
