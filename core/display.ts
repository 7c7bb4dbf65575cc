/** How a thing shows itself in a notebook and in a console, beside being what it is. */

/** What a notebook shows, by media type; of pictures, bytes in base64. */
export type MediaBundle = Readonly<Record<string, string>>;

/** What Jupyter's kernel for Deno calls. */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** What Deno and Node ask a thing that they print. */
const INSPECT = ["Deno.customInspect", "nodejs.util.inspect.custom"].map(Symbol.for);

/**
 * Lets a thing show itself. What is added is not listed among its fields, and copies lack it.
 *
 * @param line What a console prints.
 * @param bundle What a notebook shows, worked out when it is asked for.
 */
export function displayed<Thing extends object>(
  thing: Thing,
  line: () => string,
  bundle?: () => Promise<MediaBundle>,
): Thing {
  for (const symbol of INSPECT) Object.defineProperty(thing, symbol, { value: line });
  if (bundle) Object.defineProperty(thing, JUPYTER_DISPLAY, { value: bundle });
  return thing;
}
