/** Pictures that cut other pictures into segments. */
import { encodePng } from "../../image/mod.ts";

/** Writes a picture with a colour for each label, row after row, for as long as it is used. */
export async function withMask<Result>(
  labels: readonly number[],
  width: number,
  use: (file: string) => Promise<Result>,
): Promise<Result> {
  const file = await Deno.makeTempFile({ suffix: ".png" });
  try {
    const data = Uint8ClampedArray.from(
      labels.flatMap((label) => [90, label % 256, 40 + Math.floor(label / 256)]),
    );
    await Deno.writeFile(file, await encodePng({ width, height: labels.length / width, data }));
    return await use(file);
  } finally {
    await Deno.remove(file);
  }
}
