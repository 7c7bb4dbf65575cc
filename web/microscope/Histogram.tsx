/** @jsxImportSource npm:preact@10.29.8 */
/** How the values of a channel are spread, as SVG. Both axes are logarithmic. */
import type { ChannelEntry } from "../../microscope/data.ts";
import { count, percent, short } from "../components/format.ts";

const WIDTH = 640, HEIGHT = 180, LEFT = 44, RIGHT = 8, TOP = 8, BOTTOM = 40;
const MOST_MARKS = 8;

type Bin = ChannelEntry["histogram"][number];

/** The end of a bin that is nearer to zero. */
const innerOf = ({ from, to }: Bin) => to <= 0 ? to : from;

const isPowerOfTwo = (n: number) => Number.isInteger(Math.log2(Math.abs(n)));

/** Which bins have a mark: zero, and powers of two in even steps. */
function marksOf(bins: readonly Bin[]): { readonly at: number; readonly label: string }[] {
  const round = bins.flatMap((bin, i) => isPowerOfTwo(innerOf(bin)) ? [i] : []);
  const zero = bins.findIndex(({ from, to }) => from === 0 && to === 0);
  const step = Math.ceil(round.length / MOST_MARKS);
  const marked = round.filter((i, n) => n % step === 0 && (zero < 0 || Math.abs(i - zero) > 3));
  return [
    ...(zero < 0 ? [] : [{ at: zero + 0.5, label: "0" }]),
    ...marked.map((i) => ({
      at: bins[i].to <= 0 ? i + 1 : i,
      label: short(innerOf(bins[i])).replace("-", "−"),
    })),
  ];
}

/** The bins as one shape, `[x, y, height]` in whole pixels. */
function shapeOf(
  bins: readonly Bin[],
  x: (bin: number) => number,
  y: (count: number) => number,
): string {
  const bottom = y(0);
  return bins.map(({ count }, i) => {
    const top = y(count);
    return top < bottom ? `M${x(i)} ${bottom}V${top}H${x(i + 1)}V${bottom}z` : "";
  }).join("");
}

export function Histogram({ bins }: { bins: readonly Bin[] }) {
  const counts = bins.map(({ count }) => count), total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return <p class="quiet">It has no values.</p>;
  const most = Math.max(...counts), zeros = bins.find(({ from, to }) => from === to)?.count ?? 0;
  const bottom = HEIGHT - BOTTOM, decades = Math.max(1, Math.ceil(Math.log10(most + 1)));
  const x = (bin: number) => Math.round(LEFT + (WIDTH - LEFT - RIGHT) * bin / bins.length);
  const y = (count: number) =>
    Math.round(bottom - (bottom - TOP) * Math.log10(count + 1) / decades);
  const powers = Array.from({ length: decades }, (_, i) => 10 ** (i + 1));
  const step = Math.ceil(decades / 4);
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Values from ${short(bins[0].from)} to ${short(bins.at(-1)!.to)}, ${
          percent(zeros / total)
        } of them zero`}
      >
        {powers.filter((_, i) => (decades - 1 - i) % step === 0).map((power) => (
          <g key={power}>
            <line class="axis" x1={LEFT} x2={WIDTH - RIGHT} y1={y(power - 1)} y2={y(power - 1)} />
            <text x={LEFT - 6} y={y(power - 1) + 4} text-anchor="end">{count(power)}</text>
          </g>
        ))}
        <path class="area" d={shapeOf(bins, x, y)} />
        {marksOf(bins).map(({ at, label }) => (
          <g key={label}>
            <line class="axis" x1={x(at)} x2={x(at)} y1={bottom} y2={bottom + 4} />
            <text x={x(at)} y={bottom + 17} text-anchor="middle">{label}</text>
          </g>
        ))}
        <text x={(LEFT + WIDTH) / 2} y={HEIGHT - 6} text-anchor="middle">value</text>
      </svg>
      <figcaption>
        {`${total.toLocaleString("en")} values, ${
          percent(zeros / total)
        } of them zero; both axes grow by factors`}
      </figcaption>
    </figure>
  );
}
