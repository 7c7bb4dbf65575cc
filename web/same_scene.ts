/** Whether two pictures of one size show the same. */

/** Brightness of each pixel, 0..255; ITU-R 601-2. */
const brightness = (rgba: Uint8ClampedArray): Float64Array =>
  Float64Array.from(
    { length: rgba.length / 4 },
    (_, i) => 0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2],
  );

/** So much brightness apart, on average, are what two ways to resize make of one picture. */
const NEAR = 8;
/** So much alike, by Pearson's correlation, are a picture and its copy in other colours. */
const ALIKE = 0.8;

/**
 * Tells a picture and the same, resized or coloured a little differently, from one that is turned or
 * mirrored: browsers do not heed all that files say of their orientation.
 *
 * @param a red, green, blue and alpha of each pixel
 * @param b likewise
 */
export function sameScene(a: Uint8ClampedArray, b: Uint8ClampedArray): boolean {
  const [x, y] = [a, b].map(brightness), n = x.length;
  const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / n;
  const [mx, my] = [x, y].map(mean);
  let apart = 0, xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i] - mx, y[i] - my];
    apart += Math.abs(x[i] - y[i]) / n;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return apart <= NEAR || xy >= ALIKE * Math.sqrt(xx * yy) && xx * yy > 0;
}
