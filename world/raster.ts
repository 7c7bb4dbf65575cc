/** A small software rasterizer: opaque layers of paint, light and shadow, several samples a pixel. */
import type { Picture } from "../image/mod.ts";
import type { Rgb } from "./colour.ts";

/** The colour of a thing at a point of its own plane (unit disc, y down); undefined beside it. */
export type Paint = (x: number, y: number) => Rgb | undefined;

/** A painted thing put somewhere in the picture. Nothing is drawn outside its disc. */
export interface Layer {
  readonly paint: Paint;
  /** Centre and radius of its disc, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Rotation in radians, after mirroring left to right. */
  readonly turn: number;
  readonly mirrored: boolean;
  /** How much brighter it is towards the light than at its far side: 0 is flat. */
  readonly relief: number;
  /** How dark the shadow is that it casts on the layers below: 0 is none. */
  readonly shadow: number;
}

/** Where the light comes from (a unit vector in the picture) and how much it falls off. */
export interface Light {
  readonly x: number;
  readonly y: number;
  readonly falloff: number;
}

/**
 * Draws `layers`, the topmost first, the last one filling the picture.
 *
 * @returns the picture, and for every pixel which share (0..1) of it shows the layer `subject`.
 */
export function render(
  layers: readonly Layer[],
  light: Light,
  size: number,
  { subject, samples = 3 }: { subject: Layer; samples?: number },
): { picture: Picture; coverage: Float32Array } {
  const data = new Uint8ClampedArray(size * size * 3);
  const coverage = new Float32Array(size * size);
  const placed = layers.map((layer) => ({ layer, at: placer(layer) }));
  const fall = light.falloff * 2 / size;
  for (let pixel = 0; pixel < size * size; pixel++) {
    let red = 0, green = 0, blue = 0, shown = 0;
    for (let sample = 0; sample < samples * samples; sample++) {
      const x = pixel % size + (sample % samples + 0.5) / samples;
      const y = Math.floor(pixel / size) + (Math.floor(sample / samples) + 0.5) / samples;
      let bright = 1 + fall * (light.x * (x - size / 2) + light.y * (y - size / 2));
      for (const { layer, at } of placed) {
        const colour = at(x, y);
        if (colour) {
          const side = light.x * (x - layer.x) + light.y * (y - layer.y);
          bright *= 1 + layer.relief * side / layer.radius;
          red += bright * colour[0];
          green += bright * colour[1];
          blue += bright * colour[2];
          if (layer === subject) shown++;
          break;
        }
        const far = layer.radius * 0.15;
        if (layer.shadow && at(x + light.x * far, y + light.y * far)) bright *= 1 - layer.shadow;
      }
    }
    const scale = 255 / (samples * samples);
    data.set([red * scale, green * scale, blue * scale], pixel * 3);
    coverage[pixel] = shown / (samples * samples);
  }
  return { picture: { width: size, height: size, data }, coverage };
}

/** The layer's paint as a function of the picture's coordinates. */
function placer({ paint, x: cx, y: cy, radius, turn, mirrored }: Layer): Paint {
  const cos = Math.cos(turn) / radius, sin = Math.sin(turn) / radius;
  const sign = mirrored ? -1 : 1;
  return (px, py) => {
    const dx = px - cx, dy = py - cy;
    if (dx * dx + dy * dy > radius * radius) return undefined;
    return paint(sign * (cos * dx + sin * dy), cos * dy - sin * dx);
  };
}
