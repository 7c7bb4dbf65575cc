/** @jsxImportSource npm:preact@10.29.8 */
/** The raw numbers at a pixel. */
import { type Tensors, valuesAt } from "../tensors.ts";
import { short } from "./format.ts";
import type { Pixel } from "./Stage.tsx";

/** Says what a pixel's numbers are, or how to ask for them. */
export function Probe({ tensors, pixel, width, height }: {
  tensors: Tensors | "failed" | undefined;
  pixel?: Pixel;
  width: number;
  height: number;
}) {
  let text = "Point at the picture, or move with the arrow keys, to read its values.";
  if (tensors === "failed") text = "The raw values cannot be read.";
  else if (pixel && tensors) {
    const found = [...tensors].flatMap(([name, tensor]) => {
      const at = valuesAt(tensor, tensor.shape, pixel, { width, height });
      return at ? [`${name} ${at.map(short).join(", ")}`] : [];
    });
    text = [`x ${pixel.x}, y ${pixel.y}`, ...found].join("  ·  ");
  }
  return (
    <p class="probe">
      <output aria-live="polite">{text}</output>
    </p>
  );
}
