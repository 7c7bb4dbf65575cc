/** @jsxImportSource npm:preact@10.29.8 */
/** The pictures that layers can be looked at with. */
import type { Gallery } from "../gallery.ts";
import { queryOf, type Shown } from "../layer_query.ts";
import { paths, useSite } from "../site.ts";

/** Samples, and the one that was brought. */
export function LookedAt({ gallery: { samples, uploads }, shown, path }: {
  gallery: Pick<Gallery, "samples" | "uploads">;
  shown: Shown;
  path: string;
}) {
  const { href } = useSite(), names = samples.map(({ name }) => name);
  const all = names.includes(shown.picture) ? names : [shown.picture, ...names];
  return (
    <ul class="samples small" aria-label="Pictures">
      {all.map((token) => (
        <li key={token}>
          <a
            href={href(`${path}?${queryOf(shown, { picture: token })}`)}
            aria-current={token === shown.picture ? "true" : undefined}
          >
            <img
              src={href(paths.picture(token))}
              alt={uploads.get(token).name}
              width={64}
              height={64}
              class="pixels"
            />
          </a>
        </li>
      ))}
    </ul>
  );
}
