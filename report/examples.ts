/** Pictures that show what a trial did, for those who have never seen one. */
import type { Values } from "../core/values.ts";
import type { Prediction } from "../run/technique.ts";
import { opposite } from "./covers.ts";
import type { Place, Shot } from "./data.ts";
import type { Tried } from "./tried.ts";

/** So many pictures of the class are shown with the place covered, and so many others with it put on. */
const COVERED = 2, PASTED = 1;

/** The numbers of pictures on which most followed, the most first. */
const clearest = (gains: readonly number[], count: number): number[] =>
  [...gains.keys()].sort((a, b) => gains[b] - gains[a]).slice(0, count);

/**
 * Rows of pictures: one unchanged, with the place covered in each way, and with the opposite place
 * covered; the donor of a place, another picture unchanged, with that place, and with the opposite one.
 *
 * @param save keeps a picture, and gives its path
 */
export async function examplesOf(
  place: Place,
  { own, covered, others, donors, pasted }: Tried,
  save: (input: Values) => Promise<string>,
): Promise<Shot[][]> {
  const control = opposite(place), rows: Shot[][] = [];
  const shot = async (
    how: Shot["how"],
    name: string,
    input: Values,
    { label, probability }: Prediction,
  ): Promise<Shot> => ({
    ...{ how, name, seen: await save(input), answer: label },
    ...(probability !== undefined && { probability }),
  });
  const { mean, around } = covered;
  const falls = own.map(({ best }, i) =>
    (best.probability ?? best.logit) - Math.max(mean.answers[i].own, around.answers[i].own)
  );
  for (const i of clearest(falls, COVERED)) {
    const { name, input, best } = own[i];
    rows.push([
      await shot("unchanged", name, input, best),
      await shot("mean", name, mean.made(i, place), mean.answers[i].best),
      await shot("around", name, around.made(i, place), around.answers[i].best),
      await shot("opposite", name, mean.made(i, control), mean.controls[i].best),
    ]);
  }
  const rises = pasted.answers.map(({ own }) => own);
  for (const i of clearest(rises, PASTED)) {
    const { name, input, best } = others[i], donor = donors[i];
    rows.push([
      await shot("donor", donor.name, donor.input, donor.best),
      await shot("unchanged", name, input, best),
      await shot("pasted", name, pasted.made(i, place), pasted.answers[i].best),
      await shot("opposite", name, pasted.made(i, control), pasted.controls[i].best),
    ]);
  }
  return rows;
}
