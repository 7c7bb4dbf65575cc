/** @jsxImportSource npm:preact@10.29.8 */
/** Parts of a page that come alive in the browser. */
import { type ComponentType, h } from "../../deps/preact.ts";

/**
 * Renders a component with what the browser needs to take it over: its name among the islands
 * (`islands/mod.ts`) and its props, which must be plain data.
 */
export function Island<Props extends object>({ of, props }: {
  of: ComponentType<Props>;
  props: Props;
}) {
  return (
    <div class="island" data-island={of.displayName} data-props={JSON.stringify(props)}>
      {h(of, props)}
    </div>
  );
}
