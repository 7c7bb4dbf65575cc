// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/**
 * Copies `height` rows of `width` pixels from row `r0` and column `c0` of an image (h×w pixels of
 * `channels`, of which `depth` are wanted), zeros where it has none.
 */
export function copyFrame(
  image: usize,
  to: usize,
  h: i32,
  w: i32,
  channels: i32,
  depth: i32,
  r0: i32,
  c0: i32,
  height: i32,
  width: i32,
): void {
  const row: usize = <usize> (width * depth) << 2, pixel = <usize> depth << 2;
  const first = min(width, max(0, -c0)), last = max(first, min(width, w - c0));
  for (let r = r0; r < r0 + height; r++, to += row) {
    if (r < 0 || r >= h || first === last) {
      memory.fill(to, 0, row);
      continue;
    }
    memory.fill(to, 0, <usize> first * pixel);
    let from = image + (<usize> ((r * w + c0 + first) * channels) << 2),
      at = to + <usize> first * pixel;
    const end = to + <usize> last * pixel;
    if (depth === channels) {
      memory.copy(at, from, end - at);
    } else {
      for (; at < end; at += pixel, from += <usize> channels << 2) memory.copy(at, from, pixel);
    }
    memory.fill(end, 0, <usize> (width - last) * pixel);
  }
}
