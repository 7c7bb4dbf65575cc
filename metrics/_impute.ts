/**
 * Pixels guessed from those around them (Rong et al. 2022, A Consistent and Efficient Evaluation Strategy
 * for Attribution Methods): each is the weighted mean of its eight neighbours, guessed ones included.
 */
import { type Values, values } from "../core/values.ts";

/** A neighbour's place, rows down and columns to the right: those across a side, then across a corner. */
const SIDES = [[-1, 0], [0, -1], [0, 1], [1, 0]], CORNERS = [[-1, -1], [-1, 1], [1, -1], [1, 1]];
const NEIGHBOURS = [...SIDES, ...CORNERS], COUNT = NEIGHBOURS.length;
/** What they weigh. */
const SIDE = 1 / 6, CORNER = 1 / 12;
const weightOf = (neighbour: number) => neighbour < SIDES.length ? SIDE : CORNER;

/** What is left of the fault when the guesses are good: of the largest number, as single precision has it. */
const EXACT = 1e-9;

/** The missing pixels' linear system (D − W)·x = b: symmetric, since each weight counts both ways. */
interface System {
  /** Pixels that are guessed. */
  readonly missing: Uint32Array;
  /** Σ of the weights of the neighbours there are, for each. */
  readonly diagonal: Float64Array;
  /** Of each, eight places in `missing`; where there is none, the one behind the last, which holds zero. */
  readonly beside: Uint32Array;
  /** Of each, eight pixels whose value is known; −1 where there is none. */
  readonly known: Int32Array;
}

function systemOf(isMissing: (at: number) => boolean, height: number, width: number): System {
  const place = new Int32Array(height * width).fill(-1);
  const missing = Uint32Array.from({ length: height * width }, (_, at) => at).filter(isMissing);
  missing.forEach((at, i) => place[at] = i);
  const diagonal = new Float64Array(missing.length);
  const beside = new Uint32Array(COUNT * missing.length).fill(missing.length);
  const known = new Int32Array(COUNT * missing.length).fill(-1);
  missing.forEach((at, i) => {
    const y = Math.floor(at / width), x = at % width;
    NEIGHBOURS.forEach(([down, across], n) => {
      const row = y + down, column = x + across;
      if (row < 0 || column < 0 || row >= height || column >= width) return;
      const neighbour = row * width + column;
      diagonal[i] += weightOf(n);
      if (place[neighbour] < 0) known[COUNT * i + n] = neighbour;
      else beside[COUNT * i + n] = place[neighbour];
    });
  });
  return { missing, diagonal, beside, known };
}

/** (D − W)·x, of an x with a zero behind its last. */
function apply({ diagonal, beside }: System, x: Float64Array, into: Float64Array): void {
  for (let i = 0, at = 0; i < diagonal.length; i++, at += COUNT) {
    const sides = x[beside[at]] + x[beside[at + 1]] + x[beside[at + 2]] + x[beside[at + 3]];
    const corners = x[beside[at + 4]] + x[beside[at + 5]] + x[beside[at + 6]] + x[beside[at + 7]];
    into[i] = diagonal[i] * x[i] - SIDE * sides - CORNER * corners;
  }
}

const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** Solves by conjugate gradients, with the diagonal as preconditioner. */
function solved(system: System, b: Float64Array): Float64Array {
  const size = b.length, { diagonal } = system;
  const x = new Float64Array(size), rest = b.slice(), moved = new Float64Array(size);
  const scaled = rest.map((v, i) => v / diagonal[i]), way = new Float64Array(size + 1);
  way.set(scaled);
  const enough = EXACT * Math.sqrt(dot(b, b));
  let closeness = dot(rest, scaled), left = Math.sqrt(dot(b, b));
  for (let step = 0; step < 10 * size && left > enough; step++) {
    apply(system, way, moved);
    const far = closeness / dot(moved, way);
    let now = 0, squares = 0;
    for (let i = 0; i < size; i++) {
      x[i] += far * way[i];
      const v = rest[i] - far * moved[i], s = v / diagonal[i];
      rest[i] = v;
      scaled[i] = s;
      now += v * s;
      squares += v * v;
    }
    left = Math.sqrt(squares);
    const turn = now / closeness;
    closeness = now;
    for (let i = 0; i < size; i++) way[i] = scaled[i] + turn * way[i];
  }
  return x;
}

/**
 * A picture `[H, W, channels]` whose missing pixels are guessed from the others. Where all are missing
 * there is nothing to guess from: they become zero, the middle of the network's space.
 *
 * @param noise Standard deviation of what is added to guesses, so that they do not show where they are.
 */
export function imputed(
  picture: Values,
  isMissing: (at: number) => boolean,
  noise: { readonly deviation: number; normal(): number },
): Values {
  const [height, width, channels] = picture.shape;
  const system = systemOf(isMissing, height, width), { missing, known } = system;
  const made = picture.slice(), none = missing.length === height * width;
  for (let channel = 0; channel < channels; channel++) {
    const b = new Float64Array(missing.length);
    for (let i = 0; i < missing.length; i++) {
      for (let n = 0; n < COUNT; n++) {
        const at = known[COUNT * i + n];
        if (at >= 0) b[i] += weightOf(n) * picture[at * channels + channel];
      }
    }
    const guesses = none ? b : solved(system, b);
    for (let i = 0; i < missing.length; i++) {
      const guess = noise.deviation > 0
        ? guesses[i] + noise.deviation * noise.normal()
        : guesses[i];
      made[missing[i] * channels + channel] = guess;
    }
  }
  return values(made, picture.shape);
}
