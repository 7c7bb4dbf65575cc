/** Predictions as bars. */
import type { ManifestPrediction } from "../../run/manifest.ts";
import { percent, short } from "./format.ts";

/** The most probable classes; the explained one is marked. */
export function Bars({ predicted, target }: {
  predicted: readonly ManifestPrediction[];
  target?: ManifestPrediction;
}) {
  const shown = target && !predicted.some(({ index }) => index === target.index)
    ? [...predicted, target]
    : predicted;
  return (
    <table class="bars">
      <thead class="hidden">
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Share</th>
          <th scope="col">Probability</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ index, label, logit, probability }) => (
          <tr key={index} class={index === target?.index ? "explained" : undefined}>
            <th scope="row">
              {label} {index === target?.index && <span class="tag">explained</span>}
            </th>
            <td>
              <svg width="100%" height="8" aria-hidden="true">
                <rect class="track" width="100%" height="8" rx="4" />
                <rect
                  width={`${Math.min(100, Math.max(0.5, (probability ?? 0) * 100))}%`}
                  height="8"
                  rx="4"
                />
              </svg>
            </td>
            <td class="number" title={`logit ${short(logit)}`}>{percent(probability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
