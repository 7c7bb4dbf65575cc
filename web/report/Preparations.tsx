/** @jsxImportSource npm:preact@10.29.8 */
/** How pictures are prepared, as the model says and otherwise, and which of it the network knows. */
import type { Drift, Prepared } from "../../report/data.ts";
import { Section } from "../components/Section.tsx";
import { share } from "./_shares.ts";

const drifted = ({ shift, spread }: Drift) => `${shift.toFixed(2)} and ${spread.toFixed(2)}`;

export function Preparations({ ways }: { ways: readonly Prepared[] }) {
  if (ways.length === 0) return null;
  const [{ accuracy, confidence, drift: [first, ...further] }] = ways;
  return (
    <Section title="How pictures are prepared">
      {first && (
        <p>
          {`The batch-norm layer ${first.layer} keeps how the pictures of training came to it. ` +
            "Shift is how far these pictures are off, in deviations of those (0 fits); spread is how many " +
            "times as spread they are (1 fits)."}
        </p>
      )}
      <div class="scroll" tabIndex={0} role="group" aria-label="Ways to prepare pictures">
        <table class="scores">
          <thead>
            <tr>
              <th scope="col">Prepared</th>
              {accuracy && <th scope="col">Named right</th>}
              {confidence !== undefined && <th scope="col">Mean certainty</th>}
              {first && <th scope="col">Shift</th>}
              {first && <th scope="col">Spread</th>}
            </tr>
          </thead>
          <tbody>
            {ways.map(({ how, accuracy, confidence, drift: [first] }) => (
              <tr key={how}>
                <th scope="row">{how}</th>
                {accuracy && <td>{share(accuracy.mean)}</td>}
                {confidence !== undefined && <td>{share(confidence)}</td>}
                {first && <td>{first.shift.toFixed(2)}</td>}
                {first && <td>{first.spread.toFixed(2)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {further.length > 0 && (
        <p class="quiet">
          {`Further in, as the model says: ${
            further.map((drift) => `${drift.layer} ${drifted(drift)}`).join("; ")
          }.`}
        </p>
      )}
    </Section>
  );
}
