/** @jsxImportSource npm:preact@10.29.8 */
import type { ComponentChildren } from "../../deps/preact.ts";

/** A part of a page under a heading. */
export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
