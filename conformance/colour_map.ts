/** What a colour map owes. */
import { paint } from "../image/render.ts";
import { values } from "../core/values.ts";
import { type ColourMap, isDiverging } from "../image/colour_maps.ts";
import type { Check } from "./check.ts";
import { expect } from "./expect.ts";

/** A colour map has a colour for each number. */
export const OF_COLOUR_MAPS: readonly Check<ColourMap>[] = [
  {
    name: "has a colour of 0..255 for each number of 0..1",
    async look(map) {
      const colourOf = await map.scale();
      for (let level = 0; level <= 64; level++) {
        const color = colourOf(level / 64);
        expect(
          color.length === 3 && color.every((n) => n >= 0 && n <= 255),
          `of ${level / 64} it gives [${color}]`,
        );
      }
      const painted = await paint(values(Float32Array.of(0, 0.5, 1), [1, 3]), map.id);
      const ends = [painted.data.slice(0, 3), painted.data.slice(6)];
      expect(`${ends[0]}` !== `${ends[1]}`, "its two ends have the same colour");
      if (isDiverging(map.id)) {
        const middle = painted.data.slice(3, 6);
        expect(ends.every((end) => `${end}` !== `${middle}`), "zero has the colour of an end");
      }
    },
  },
];
