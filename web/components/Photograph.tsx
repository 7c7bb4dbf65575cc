/** @jsxImportSource npm:preact@10.29.8 */
/** What lies where in a photograph of which the network saw a part. */
import type { Surroundings } from "./Stage.tsx";

/** A picture of what the network saw, where it lies in the photograph. */
export function Placed(
  { width, height, box, src, label }: Surroundings & { src: string; label: string },
) {
  const { left, top } = box;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <image
        href={src}
        x={left}
        y={top}
        width={box.width}
        height={box.height}
        preserveAspectRatio="none"
      />
    </svg>
  );
}

/** A frame around what the network saw of a photograph; the rest is dimmed. */
export function Crop({ width, height, box }: Surroundings) {
  const { left, top } = box, right = left + box.width, bottom = top + box.height;
  if (left <= 0 && top <= 0 && right >= width && bottom >= height) return null;
  const frame = { x: left, y: top, width: box.width, height: box.height };
  const inner = `M${left} ${top}V${bottom}H${right}V${top}Z`;
  return (
    <svg
      class="crop"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="The frame is around what the network saw"
    >
      <path class="unseen" d={`M0 0H${width}V${height}H0Z${inner}`} fill-rule="evenodd" />
      <rect {...frame} />
    </svg>
  );
}
