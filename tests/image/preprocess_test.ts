import assert from "node:assert/strict";
import { decodeImage } from "../../image/mod.ts";
import {
  cropBox,
  normalize,
  type Preprocess,
  preprocess,
  unnormalize,
} from "../../image/preprocess.ts";
import { values } from "../../core/values.ts";
import fc from "../_support/property.ts";
import { absence, hasShared, own, type Reference, shared } from "../_support/reference.ts";
import { prepared, source } from "./_image_fixtures.ts";

const imagenet: Preprocess = {
  resize: 4,
  crop: 3,
  interpolation: "bicubic",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  range: 1,
  channelOrder: "rgb",
};

/** As Keras's networks from Caffe want it; the means are blue, green, red. */
const caffe: Preprocess = {
  resize: null,
  crop: null,
  interpolation: "bilinear",
  mean: [103.939, 116.779, 123.68],
  std: [1, 1, 1],
  range: 255,
  channelOrder: "bgr",
};

Deno.test("preprocessing equals torchvision's", () => {
  const { picture, input } = preprocess(source, imagenet);
  assert.deepEqual([picture.width, picture.height], [3, 3]);
  assert.deepEqual(input.shape, [3, 3, 3]);
  prepared.forEach((expected, i) => assert.ok(Math.abs(input[i] - expected) < 1e-6, `${i}`));
});

Deno.test("a number is the shorter side, the longer is cut off", () => {
  const size = (width: number, height: number, resize: Preprocess["resize"]) => {
    const data = new Uint8ClampedArray(width * height * 3);
    const { picture } = preprocess({ width, height, data }, { ...imagenet, resize, crop: null });
    return [picture.width, picture.height];
  };
  assert.deepEqual(size(7, 5, 4), [5, 4]); // 5.6
  assert.deepEqual(size(5, 7, 4), [4, 5]);
  assert.deepEqual(size(6, 6, 4), [4, 4]);
  assert.deepEqual(size(7, 5, { width: 2, height: 9 }), [2, 9]);
  assert.deepEqual(size(7, 5, null), [7, 5]);
});

Deno.test("blue, green, red in levels, as Caffe's networks want it", () => {
  const input = normalize(
    { width: 1, height: 1, data: new Uint8ClampedArray([10, 20, 30]) },
    caffe,
  );
  [30 - 103.939, 20 - 116.779, 10 - 123.68].forEach((expected, i) =>
    assert.ok(Math.abs(input[i] - expected) < 1e-4)
  );
});

Deno.test("normalizing is undone exactly", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(imagenet, caffe),
      fc.uint8ClampedArray({ minLength: 18, maxLength: 18 }),
      (spec, data) => {
        const picture = { width: 2, height: 3, data };
        assert.deepEqual(unnormalize(normalize(picture, spec), spec), picture);
      },
    ),
  );
});

Deno.test("what lies beyond black and white is clamped, the rest rounded", () => {
  const spec: Preprocess = { ...imagenet, mean: [0, 0, 0], std: [1, 1, 1] };
  const input = values(new Float32Array([-3, 7, 100.6 / 255]), [1, 1, 3]);
  assert.deepEqual([...unnormalize(input, spec).data], [0, 255, 101]);
  assert.throws(() => unnormalize(values(new Float32Array(4), [1, 2, 2]), spec), RangeError);
  assert.throws(() => unnormalize(values(new Float32Array(3), [3]), spec), RangeError);
});

/** Fails where a picture is not prepared as Pillow prepares it; each tensor's name says how. */
async function equalsPillow(from: Reference) {
  const file = await Deno.readFile(from.path("expected/preprocess.safetensors"));
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  delete header.__metadata__;
  const names = Object.keys(header);
  assert.ok(names.length >= 4);
  for (const name of names) {
    const [stem, interpolation, resize, crop] = name.split(".");
    const bytes = await Deno.readFile(from.path(`images/${stem}.png`));
    const { picture } = preprocess(await decodeImage(bytes, stem), {
      ...imagenet,
      interpolation: interpolation as Preprocess["interpolation"],
      resize: Number(resize.replace("resize", "")),
      crop: Number(crop.replace("crop", "")),
    });
    const { shape, data_offsets: [begin, end] } = header[name];
    assert.deepEqual([picture.height, picture.width, 3], shape);
    const expected = file.subarray(8 + length + begin, 8 + length + end);
    let most = 0;
    picture.data.forEach((value, i) => most = Math.max(most, Math.abs(value - expected[i])));
    assert.equal(most, 0, name);
  }
}

Deno.test("preprocessing a picture equals Pillow's", () => equalsPillow(own));

Deno.test({
  name: `preprocessing photographs equals Pillow's${absence}`,
  ignore: !hasShared,
  fn: () => equalsPillow(shared),
});

Deno.test("a crop's box is where its pixels come from in the picture", () => {
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);
  // 640×480 becomes 341×256, of which the columns 58..282 and the rows 16..240 are seen
  const box = cropBox({ width: 640, height: 480 }, { resize: 256, crop: 224 });
  near(box.left, 58 * 640 / 341);
  near(box.top, 30);
  near(box.width, 224 * 640 / 341);
  near(box.height, 420);
  assert.deepEqual(cropBox({ width: 30, height: 20 }, { resize: null, crop: null }), {
    left: 0,
    top: 0,
    width: 30,
    height: 20,
  });
  // a picture that is smaller than the crop has black around it
  assert.deepEqual(cropBox({ width: 10, height: 10 }, { resize: null, crop: 14 }), {
    left: -2,
    top: -2,
    width: 14,
    height: 14,
  });
  assert.deepEqual(
    cropBox({ width: 200, height: 100 }, { resize: { width: 50, height: 50 }, crop: null }),
    { left: 0, top: 0, width: 200, height: 100 },
  );
});
