/** Convolutions of each channel on its own as compute shaders: padding, strides and bias at once. */
import type * as tf from "../../deps/tfjs.ts";
import type { ConvSpec } from "./conv.ts";
import type { Kernels } from "./kernels.ts";
import { dispatch, limited } from "./_shader.ts";
import { checkDepthwise, checkFloat } from "./_tensors.ts";

const geometry = ({ strides, dilations, pad }: ConvSpec) => ({
  strides: [...strides],
  dilations: [...dilations],
  corner: [pad.top, pad.left],
});

/** On `backend`, a WebGPUBackend. */
export const webgpuDepthwise = (
  backend: object,
): Pick<Kernels, "depthwise" | "depthwiseGrad"> => ({
  depthwise(x, kernel, spec, bias, activation) {
    checkDepthwise(x, spec);
    const [, , channels, multiplier] = spec.kernel;
    return dispatch<tf.Tensor4D>(backend, {
      name: ["depthwise", bias ? "bias" : "", activation ?? "linear"].join("_"),
      inputs: { x, kernel, ...(bias && { bias }) },
      shape: [x.shape[0], ...spec.size, channels * multiplier],
      uniforms: geometry(spec),
      value: `
        let at = getCoordsFromIndex(index);
        let first = at.yz * uniforms.strides - uniforms.corner;
        let channel = at.w / uniforms.kernelShape.w;
        var sum = ${bias ? "bias[at.w]" : "0.0"};
        for (var i = 0; i < uniforms.kernelShape.x; i++) {
          let row = first.x + i * uniforms.dilations.x;
          if (row < 0 || row >= uniforms.xShape.y) { continue; }
          for (var j = 0; j < uniforms.kernelShape.y; j++) {
            let column = first.y + j * uniforms.dilations.y;
            if (column < 0 || column >= uniforms.xShape.z) { continue; }
            let pixel = (at.x * uniforms.xShape.y + row) * uniforms.xShape.z + column;
            let tap = i * uniforms.kernelShape.y + j;
            sum += x[pixel * uniforms.xShape.w + channel] * kernel[tap * uniforms.outShape.w + at.w];
          }
        }
        return ${limited("sum", activation)};`,
    });
  },

  depthwiseGrad(dy, kernel, shape, spec) {
    checkFloat(dy);
    return dispatch<tf.Tensor4D>(backend, {
      name: "depthwiseGrad",
      inputs: { dy, kernel },
      shape: [dy.shape[0], ...shape, spec.kernel[2]],
      uniforms: geometry(spec),
      value: `
        let at = getCoordsFromIndex(index);
        let inside = at.yz + uniforms.corner;
        let count = uniforms.kernelShape.w;
        var sum = 0.0;
        for (var i = 0; i < uniforms.kernelShape.x; i++) {
          let down = inside.x - i * uniforms.dilations.x;
          let row = down / uniforms.strides.x;
          if (down < 0 || down % uniforms.strides.x != 0 || row >= uniforms.dyShape.y) { continue; }
          for (var j = 0; j < uniforms.kernelShape.y; j++) {
            let along = inside.y - j * uniforms.dilations.y;
            let column = along / uniforms.strides.y;
            if (along < 0 || along % uniforms.strides.y != 0 || column >= uniforms.dyShape.z) {
              continue;
            }
            let window = (at.x * uniforms.dyShape.y + row) * uniforms.dyShape.z + column;
            let tap = i * uniforms.kernelShape.y + j;
            for (var k = at.w * count; k < (at.w + 1) * count; k++) {
              sum += dy[window * uniforms.dyShape.w + k] * kernel[tap * uniforms.dyShape.w + k];
            }
          }
        }
        return sum;`,
    });
  },
});
