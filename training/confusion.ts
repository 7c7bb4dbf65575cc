/** A confusion matrix as a picture. */
import type { Picture } from "../image/mod.ts";

/**
 * Draws how often each class (row) was taken for each (column): right answers blue, wrong ones red,
 * the darker the more of the row; the square root of the share, so that single mistakes show.
 *
 * @param counts square, rows are the truth
 * @param cell width of a cell in pixels
 */
export function confusionPicture(counts: readonly (readonly number[])[], cell = 12): Picture {
  const side = counts.length * cell;
  const data = new Uint8ClampedArray(side * side * 3).fill(255);
  counts.forEach((row, truth) => {
    const total = row.reduce((a, b) => a + b, 0) || 1;
    row.forEach((count, answer) => {
      const ink = Math.sqrt(count / total),
        [r, g, b] = truth === answer ? [25, 80, 170] : [200, 30, 30];
      const colour = [r, g, b].map((level) => 255 + ink * (level - 255));
      for (let y = 1; y < cell; y++) {
        for (let x = 1; x < cell; x++) {
          data.set(colour, ((truth * cell + y) * side + answer * cell + x) * 3);
        }
      }
    });
  });
  return { width: side, height: side, data };
}
