/** What each technique makes of one picture: files beside the gallery's own (deno task technique-pictures). */
import sizes from "./static/techniques/sizes.json" with { type: "json" };

const bySize: Readonly<Record<string, readonly number[]>> = sizes;

/** A picture that comes with the gallery. */
export interface TechniquePicture {
  readonly url: URL;
  readonly width: number;
  readonly height: number;
}

/** The picture of a technique; plugins' have none. */
export function techniquePicture(id: string): TechniquePicture | undefined {
  if (!Object.hasOwn(bySize, id)) return undefined;
  const [width, height] = bySize[id];
  return { url: new URL(`./static/techniques/${id}.png`, import.meta.url), width, height };
}
