/** Where the windows of many pictures lie, and what they change. */
import type { Rectangle, Span } from "./pictures.ts";
import type { Region } from "./region.ts";
import { spansOf } from "./spans.ts";

/** The different stretches of an axis, and which of them each window has. */
interface Different {
  readonly stretches: readonly Span[];
  readonly of: readonly number[];
}

function different(spans: readonly Span[]): Different {
  const places = new Map<string, number>(), stretches: Span[] = [];
  const of = spans.map((span) => {
    const key = span.join(), known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, stretches.length);
    return stretches.push(span) - 1;
  });
  return { stretches, of };
}

/** Windows of an image. Regions have the rows and the columns that differ, each once. */
export class Placed {
  /** Where they change the image: of one size, some larger than their window. */
  readonly region: Region;
  readonly #rows: Different;
  readonly #columns: Different;

  constructor(
    readonly windows: readonly Rectangle[],
    [height, width]: readonly [number, number],
  ) {
    this.#rows = different(windows.map(({ rows }) => rows));
    this.#columns = different(windows.map(({ columns }) => columns));
    this.region = {
      rows: spansOf(this.#rows.stretches, height),
      columns: spansOf(this.#columns.stretches, width),
    };
  }

  /** The row and the column where a region begins for each of some windows. */
  corners({ rows, columns }: Region, [from, to]: Span): readonly (readonly [number, number])[] {
    return Array.from(
      { length: to - from },
      (_, i) =>
        [rows.starts[this.#rows.of[from + i]], columns.starts[this.#columns.of[from + i]]] as const,
    );
  }
}
