/** An image of the network's space that a user names: a picture, or a tensor in a file. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import { loadImage } from "../image/mod.ts";
import { channelsIn, type Preprocess, preprocess, type Size } from "../image/preprocess.ts";
import { readSafetensors, tensorPath } from "../core/safetensors.ts";
import { type Values, values } from "../core/values.ts";

/** What the image is for, and which option names it: for messages. */
export interface ImageUse {
  /** `start image` */
  readonly what: string;
  readonly option: string;
}

/** `[1, channels, h, w]` (PyTorch) or `[1, h, w, channels]` → `[h, w, channels]`. */
function asImage(
  tensor: Values,
  name: string,
  channels: number,
  { what, option }: ImageUse,
): Values {
  const shape = tensor.shape[0] === 1 && tensor.shape.length === 4
    ? tensor.shape.slice(1)
    : tensor.shape;
  if (shape.length === 3 && shape[2] === channels) return values(tensor.slice(), shape);
  if (shape.length === 3 && shape[0] === channels) {
    const [, h, w] = shape, pixels = h * w;
    const image = new Float32Array(tensor.length);
    for (let i = 0; i < pixels; i++) {
      for (let c = 0; c < channels; c++) image[i * channels + c] = tensor[c * pixels + i];
    }
    return values(image, [h, w, channels]);
  }
  throw new UserError(
    `Cannot use ${name} as the ${what}: its shape is [${tensor.shape.join(", ")}], not ` +
      `[height, width, ${channels}] or [${channels}, height, width].`,
    { code: "bad-file", option },
  );
}

/**
 * Loads an image: a picture (prepared as the model wants it, or resized to `size`), or a tensor of a `.safetensors` file in the network's normalized space, `FILE#TENSOR` where it holds
 * several and none is called `image`.
 *
 * @returns `[height, width, channels]` in the network's normalized space.
 * @throws UserError for a file that is missing or holds something else.
 */
export async function loadInput(
  source: string,
  spec: Preprocess,
  use: ImageUse,
  size?: Size,
): Promise<Values> {
  const { what, option } = use;
  const { path, tensor: wanted } = tensorPath(source) ?? {};
  if (!path) {
    const picture = await loadImage(source);
    return preprocess(picture, size ? { ...spec, resize: size, crop: null } : spec).input;
  }
  const bytes = await platform.readFile(path).catch((error) => {
    throw new UserError(
      `Cannot read the ${what} "${path}": ${platform.reason(error)}.`,
      { code: "no-file", option, cause: error },
    );
  });
  const { tensors } = readSafetensors(bytes, path);
  const name = wanted ?? (tensors.size === 1 ? [...tensors.keys()][0] : "image");
  const tensor = tensors.get(name);
  if (!tensor) {
    const names = [...tensors.keys()].slice(0, 8).join(", ");
    throw new UserError(
      `"${path}" holds no tensor "${name}"; it holds ${names} (write FILE#TENSOR).`,
      { code: "bad-option", option },
    );
  }
  return asImage(tensor, source, channelsIn(spec.channelOrder), use);
}
