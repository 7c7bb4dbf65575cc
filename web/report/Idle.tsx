/** @jsxImportSource npm:preact@10.29.8 */
/** Channels that tell pictures apart badly, layer by layer. */
import type { Report } from "../../report/data.ts";
import { plural } from "../components/format.ts";
import { Section } from "../components/Section.tsx";

/** So many channels of a kind are named. */
const MOST_NAMED = 20;

function Named({ channels, of }: { channels: readonly number[]; of: number }) {
  if (channels.length === 0) return <>–</>;
  const more = channels.length > MOST_NAMED ? ", …" : "";
  return (
    <>
      {`${channels.length} of ${of}`}
      <span class="quiet">{channels.slice(0, MOST_NAMED).join(", ") + more}</span>
    </>
  );
}

export function Idle({ report: { channels: layers, skipped } }: { report: Report }) {
  const some = layers.filter(({ dead, constant, always }) =>
    dead.length + constant.length + always.length > 0
  );
  if (some.length === 0) return null;
  return (
    <Section title="Channels that say nothing, or always something">
      <p>
        Dead ones are above zero on none of the pictures; constant ones have all but the same value
        at every place of every picture; those that are always on are above zero everywhere, so that
        their ReLU does nothing. On other pictures they might be otherwise.
        {skipped > 0 && ` The first ${plural(skipped, "layer")} with a ReLU were not looked into.`}
      </p>
      <div class="scroll" tabIndex={0} role="group" aria-label="Channels by layer">
        <table class="scores idle">
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Dead</th>
              <th scope="col">Constant</th>
              <th scope="col">Always on</th>
            </tr>
          </thead>
          <tbody>
            {some.map(({ layer, channels, dead, constant, always }) => (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                {[dead, constant, always].map((own, i) => (
                  <td key={i}>
                    <Named channels={own} of={channels} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
