/** Fourier images and colours against NumPy's transform and Lucid's formulas. */
import * as tf from "../../deps/tfjs.ts";
import { random } from "../../core/random.ts";
import { type Values, values } from "../../core/values.ts";
import { valueAndGrads } from "../../engine/gradients/mod.ts";
import { decorrelate } from "../../visualize/colors.ts";
import { fourierImage } from "../../visualize/parameterizations/mod.ts";
import { forEachBackend, TFJS_BACKENDS } from "../_support/backends.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";
import { near, take } from "../_support/tensors.ts";

interface Facts {
  readonly height: number;
  readonly width: number;
  readonly decay: number;
}

const tensorOf = (numbers: Values) => tf.tensor(numbers, [...numbers.shape]);

if (hasShared) {
  forEachBackend(
    "Fourier images, their colours and gradients are the reference's",
    async (backend) => {
      const tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
      for (const size of ["20x16", "9x15"]) {
        const name = `feature-viz-and-metrics/fourier-${size}`,
          facts = shared.json<Facts>(`${name}.json`);
        const given = shared.tensors(`${name}.safetensors`);
        const get = (key: string) => tensorOf(given.get(key)!);
        const { parameters, image } = fourierImage(facts);
        const spectrum = [get("spectrum.real"), get("spectrum.imag")], cotangent = get("cotangent");
        const ours = image(spectrum);
        near(await ours.data(), given.get("image")!, tolerance, `${size} image`);
        const { value, grads } = valueAndGrads(
          (parts) => tf.sum(tf.mul(image(parts), cotangent)),
          spectrum,
        );
        near(
          await grads[0].data(),
          given.get("spectrum.real.gradient")!,
          tolerance,
          `${size} real`,
        );
        near(
          await grads[1].data(),
          given.get("spectrum.imag.gradient")!,
          tolerance,
          `${size} imag`,
        );
        const colours = decorrelate(ours);
        near(await colours.data(), given.get("decorrelated")!, tolerance, `${size} decorrelated`);
        const rgb = (x: tf.Tensor) => tf.sigmoid(decorrelate(x as tf.Tensor4D));
        near(await take(rgb(ours)), given.get("rgb")!, tolerance, `${size} rgb`);
        const back = valueAndGrads(([x]) => tf.sum(tf.mul(rgb(x), cotangent)), [ours]);
        near(
          await back.grads[0].data(),
          given.get("rgb.image_gradient")!,
          tolerance,
          `${size} back`,
        );
        tf.dispose([
          parameters,
          spectrum,
          cotangent,
          ours,
          value,
          grads,
          colours,
          back.value,
          back.grads,
        ]);
      }
    },
    TFJS_BACKENDS,
  );
} else Deno.test({ name: `Fourier images are the reference's${absence}`, ignore: true, fn() {} });

/** The inverse transform by its definition, for any size. */
function slowly(real: Values, imaginary: Values, width: number, decay: number): Float32Array {
  const [batch, channels, height, columns] = real.shape, length = 2 * (columns - 1) || 1;
  const image = new Float32Array(batch * height * width * channels);
  const cycles = (i: number, n: number) => Math.min(i, n - i) / n;
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          let sum = 0;
          for (let u = 0; u < height; u++) {
            for (let v = 0; v < columns; v++) {
              const at = ((b * channels + c) * height + u) * columns + v;
              const f = Math.max(
                Math.hypot(cycles(u, height), cycles(v, width)),
                1 / Math.max(width, height),
              );
              const angle = 2 * Math.PI * (u * y / height + v * x / length);
              const times = v === 0 || v === columns - 1 ? 1 : 2;
              sum += times / f ** decay *
                (real[at] * Math.cos(angle) - imaginary[at] * Math.sin(angle));
            }
          }
          image[((b * height + y) * width + x) * channels + c] = sum * Math.sqrt(width * height) /
            (height * length * 4);
        }
      }
    }
  }
  return image;
}

forEachBackend("images of any size, batch and channel count are sums of waves", async () => {
  for (
    const [height, width, channels, batch, decay] of [
      [7, 5, 3, 2, 1],
      [4, 9, 1, 1, 0.5],
      [1, 6, 4, 3, 2],
      [6, 1, 1, 1, 1],
      [1, 1, 2, 1, 0],
      [5, 8, 3, 2, 0],
    ]
  ) {
    const { parameters, image } = fourierImage(
      { height, width, channels, batch, decay },
      random(`${height} ${width}`),
    );
    const [real, imaginary] = await Promise.all(
      parameters.map(async (part) => values(await part.data() as Float32Array, part.shape)),
    );
    const ours = image(parameters);
    const expected = slowly(real, imaginary, width, decay);
    near(await take(ours), expected, 1e-5, `${[height, width, channels, batch]}`);
    tf.dispose(parameters);
  }
}, TFJS_BACKENDS);
