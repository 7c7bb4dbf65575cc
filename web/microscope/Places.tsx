/** @jsxImportSource npm:preact@10.29.8 */
/** The places that excite a channel most: what of a picture each is made of, and where it lies. */
import type { ChannelEntry, MicroscopeData, PictureEntry } from "../../microscope/data.ts";
import { short } from "../components/format.ts";
import { useSite } from "../site.ts";
import { paths } from "./paths.ts";

export function Places({ top, input: { width, height }, pictures }: {
  top: ChannelEntry["top"];
  input: MicroscopeData["input"];
  pictures: readonly PictureEntry[];
}) {
  const { href } = useSite();
  if (top.length === 0) return <p class="quiet">No picture was looked at.</p>;
  return (
    <ol class="places">
      {top.map(({ picture, value, place: [row, column], rows: [above, below], columns }) => {
        const [left, right] = columns, wide = right - left, high = below - above;
        const place = { x: left, y: above, width: wide, height: high };
        const { name } = pictures[picture], seen = href(paths.seen(picture));
        return (
          <li key={picture}>
            <a href={href(paths.picture(picture))}>
              <svg
                class="cut pixels"
                viewBox={`${left} ${above} ${wide} ${high}`}
                width={wide}
                height={high}
                aria-hidden="true"
              >
                <image href={seen} width={width} height={height} />
              </svg>
              <span class="whole">
                <img src={seen} width={width} height={height} alt="" class="pixels" />
                <svg class="cursor" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
                  <rect class="halo" {...place} />
                  <rect {...place} />
                </svg>
              </span>
              <b>{short(value)}</b> {name}
            </a>
            <p class="quiet">{`row ${row}, column ${column}`}</p>
          </li>
        );
      })}
    </ol>
  );
}
