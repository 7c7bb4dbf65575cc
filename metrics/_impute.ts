/**
 * Pixels guessed from those around them (Rong et al. 2022, A Consistent and Efficient Evaluation Strategy
 * for Attribution Methods): each is the weighted mean of its eight neighbours, guessed ones included.
 */
import { type Values, values } from "../core/values.ts";

/** A neighbour, and what it weighs: across a side 1/6, across a corner 1/12. */
const NEIGHBOURS = [-1, 0, 1].flatMap((down) =>
  [-1, 0, 1].flatMap((across) =>
    down === 0 && across === 0
      ? []
      : [{ down, across, weight: down === 0 || across === 0 ? 1 / 6 : 1 / 12 }]
  )
);

/** What is left of the fault when the guesses are good: of the largest number, as single precision has it. */
const EXACT = 1e-9;

/** The missing pixels' linear system (D − W)·x = b: symmetric, since each weight counts both ways. */
interface System {
  /** Pixels that are guessed. */
  readonly missing: Uint32Array;
  /** Σ of the weights of the neighbours there are, for each. */
  readonly diagonal: Float64Array;
  /** Of each, eight places in `missing`; −1 where there is none. */
  readonly beside: Int32Array;
  /** Of each, eight pixels whose value is known; −1 where there is none. */
  readonly known: Int32Array;
}

function systemOf(isMissing: (at: number) => boolean, height: number, width: number): System {
  const place = new Int32Array(height * width).fill(-1);
  const missing = Uint32Array.from({ length: height * width }, (_, at) => at).filter(isMissing);
  missing.forEach((at, i) => place[at] = i);
  const count = NEIGHBOURS.length;
  const diagonal = new Float64Array(missing.length);
  const beside = new Int32Array(count * missing.length).fill(-1);
  const known = new Int32Array(count * missing.length).fill(-1);
  missing.forEach((at, i) => {
    const y = Math.floor(at / width), x = at % width;
    NEIGHBOURS.forEach(({ down, across, weight }, n) => {
      const row = y + down, column = x + across;
      if (row < 0 || column < 0 || row >= height || column >= width) return;
      const neighbour = row * width + column;
      diagonal[i] += weight;
      if (place[neighbour] < 0) known[count * i + n] = neighbour;
      else beside[count * i + n] = place[neighbour];
    });
  });
  return { missing, diagonal, beside, known };
}

/** (D − W)·x */
function apply({ missing, diagonal, beside }: System, x: Float64Array, into: Float64Array): void {
  const count = NEIGHBOURS.length;
  for (let i = 0; i < missing.length; i++) {
    let sum = diagonal[i] * x[i];
    for (let n = 0; n < count; n++) {
      const other = beside[count * i + n];
      if (other >= 0) sum -= NEIGHBOURS[n].weight * x[other];
    }
    into[i] = sum;
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
  const scaled = rest.map((v, i) => v / diagonal[i]), way = scaled.slice();
  const enough = EXACT * Math.sqrt(dot(b, b));
  let closeness = dot(rest, scaled);
  for (let step = 0; step < 10 * size && Math.sqrt(dot(rest, rest)) > enough; step++) {
    apply(system, way, moved);
    const far = closeness / dot(way, moved);
    for (let i = 0; i < size; i++) {
      x[i] += far * way[i];
      rest[i] -= far * moved[i];
      scaled[i] = rest[i] / diagonal[i];
    }
    const now = dot(rest, scaled), turn = now / closeness;
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
  const [height, width, channels] = picture.shape, count = NEIGHBOURS.length;
  const system = systemOf(isMissing, height, width), { missing, known } = system;
  const made = picture.slice(), none = missing.length === height * width;
  for (let channel = 0; channel < channels; channel++) {
    const b = new Float64Array(missing.length);
    for (let i = 0; i < missing.length; i++) {
      for (let n = 0; n < count; n++) {
        const at = known[count * i + n];
        if (at >= 0) b[i] += NEIGHBOURS[n].weight * picture[at * channels + channel];
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
