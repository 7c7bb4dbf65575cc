/** @jsxImportSource npm:preact@10.29.8 */
/** The ways from a page of the gallery to the same thing under a microscope. */
import { useSite } from "../site.ts";

/** A page of a microscope. */
export interface Way {
  /** What is seen there. */
  readonly text: string;
  /** Its path in the gallery. */
  readonly path: string;
}

export function UnderMicroscope({ ways }: { ways: readonly Way[] }) {
  const { href } = useSite();
  if (ways.length === 0) return null;
  return (
    <p class="ways">
      <span class="quiet">Under the microscope:</span>
      {ways.map(({ text, path }) => <a key={path} href={href(path)}>{text}</a>)}
    </p>
  );
}
