/** Keras's own files, HDF5 and archives, as one kind of file. */
import { widen } from "../../core/_widen.ts";
import { type Values, values } from "../../core/values.ts";
import { platform } from "../../platform/mod.ts";
import { joined } from "../_download.ts";
import { openHdf5 } from "./_hdf5.ts";
import { openArchive } from "./archive.ts";
import { type Fail, failure, type KerasFile, read } from "./files.ts";
import { wholeModel } from "./h5.ts";
import { isArchive } from "./recognize.ts";

/** The largest file that is read: 4 GiB. */
const MAX_BYTES = 2 ** 32;

/**
 * Reads a `.h5` or `.keras` file from a path or an http(s) address; what it is shows in its content.
 *
 * @throws UserError where it cannot be had, is damaged or holds no model.
 */
export async function readKerasFile(source: string, signal?: AbortSignal): Promise<KerasFile> {
  const fail: Fail = failure(source);
  const bytes = joined(await read(source, MAX_BYTES, fail, { signal, isPart: false }));
  const { topology, weights } = isArchive(bytes)
    ? openArchive(bytes, fail)
    : wholeModel(openHdf5(bytes, fail), fail);
  const specs = [...weights].map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
  return {
    source,
    topology,
    specs: new Map(specs.map((spec) => [spec.name, spec])),
    async read(needed) {
      const found = new Map<string, Values>();
      for (const [name, { shape, dtype, bytes }] of weights) {
        if (needed.has(name)) found.set(name, values(widen(bytes, dtype), shape));
      }
      return { weights: found, sha256: await platform.sha256(bytes) };
    },
  };
}
