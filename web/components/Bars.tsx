/** @jsxImportSource npm:preact@10.29.8 */
/** Predictions as bars. */
import type { ManifestPrediction } from "../../run/manifest.ts";
import { percent, short } from "./format.ts";

/** How long each class's bar is, 0..1: its probability, or its score beside the largest. */
export function lengths(shown: readonly ManifestPrediction[]): number[] {
  const most = Math.max(...shown.map(({ logit }) => Math.abs(logit ?? 0))) || 1;
  return shown.map(({ probability, logit }) =>
    (probability === undefined ? Math.max(0, logit ?? 0) / most : probability) ?? 0
  );
}

/** The best classes; the explained one is marked, also where it is part of more. */
export function Bars({ predicted, target }: {
  predicted: readonly ManifestPrediction[];
  target?: ManifestPrediction & { readonly plain?: boolean };
}) {
  const whole = target?.plain === false ? undefined : target;
  const shown = whole && !predicted.some(({ index }) => index === whole.index)
    ? [...predicted, whole]
    : predicted;
  const long = lengths(shown), likely = shown.every(({ probability }) => probability !== undefined);
  return (
    <table class="bars">
      <thead class="hidden">
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Share</th>
          <th scope="col">{likely ? "Probability" : "Score"}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ index, label, logit, probability }, i) => (
          <tr key={index} class={index === whole?.index ? "explained" : undefined}>
            <th scope="row">
              {label} {index === whole?.index && <span class="tag">explained</span>}
            </th>
            <td>
              <svg width="100%" height="8" aria-hidden="true">
                <rect class="track" width="100%" height="8" rx="4" />
                <rect
                  width={`${Math.min(100, Math.max(0.5, long[i] * 100))}%`}
                  height="8"
                  rx="4"
                />
              </svg>
            </td>
            <td class="number" title={`score ${short(logit)}`}>
              {probability === undefined ? short(logit) : percent(probability)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
