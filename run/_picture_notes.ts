/** What a user should know of a picture before they believe a map of it. */
import type { Picture } from "../image/mod.ts";
import type { Model } from "./model.ts";

/** Notes on what preprocessing did to the picture, in sentences. */
export function diagnosePicture(picture: Picture, model: Model): string[] {
  const { resize, crop } = model.preprocess;
  const shorter = Math.min(picture.width, picture.height);
  const wanted = typeof resize === "number"
    ? resize
    : resize && Math.min(resize.width, resize.height);
  const notes: string[] = [];
  if (wanted && shorter * 2 < wanted) {
    notes.push(
      `The picture is small: ${picture.width}×${picture.height} was enlarged, to a shorter side of ${wanted}.`,
    );
  }
  const longer = Math.max(picture.width, picture.height);
  if (typeof resize === "number" && crop !== null && longer > 2 * shorter) {
    notes.push(
      `The picture is long: cropped to its middle, it shows the network less than half of its ${picture.width}×${picture.height} pixels.`,
    );
  }
  if (resize && typeof resize !== "number") {
    const stretch = (picture.width / picture.height) / (resize.width / resize.height);
    if (stretch > 1.5 || stretch < 1 / 1.5) {
      notes.push(
        `The picture was stretched: ${picture.width}×${picture.height} became ${resize.width}×${resize.height}.`,
      );
    }
  }
  return notes;
}
