/** What Keras's own files begin with. */
import { firstPart } from "../weights/_zip.ts";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether a file begins as HDF5 does. */
export const isHdf5 = (head: Uint8Array): boolean => SIGNATURE.every((byte, i) => head[i] === byte);

/** The parts of an archive. */
export const CONFIG = "config.json", METADATA = "metadata.json", WEIGHTS = "model.weights.h5";

/** Whether a file begins as an archive whose first part is one of Keras's. */
export function isArchive(head: Uint8Array): boolean {
  const name = firstPart(head);
  return name !== undefined &&
    ([CONFIG, METADATA, WEIGHTS].includes(name) || name.startsWith("assets/"));
}
