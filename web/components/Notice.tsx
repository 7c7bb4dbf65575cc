/** @jsxImportSource npm:preact@10.29.8 */
/** A page that says one thing. */
import { useSite } from "../site.ts";

export function Notice({ title, message }: { title: string; message: string }) {
  const { href } = useSite();
  return (
    <section class="notice">
      <h1>{title}</h1>
      <p>{message}</p>
      <p>
        <a href={href("/")}>Back to the runs</a>
      </p>
    </section>
  );
}
