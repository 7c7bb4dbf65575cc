/** @jsxImportSource npm:preact@10.29.8 */
import type { ComponentChildren } from "../../deps/preact.ts";

/** A part of a page under a heading. */
export function Section({ title, id, children }: {
  title: string;
  /** What addresses call it. */
  id?: string;
  children: ComponentChildren;
}) {
  return (
    <section id={id}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
