/** What a model's tensors say of the files beside it in which their numbers lie. */
import type { TensorProto } from "../../deps/onnx_buf.ts";
import { TensorProto_DataLocation as Location } from "../../deps/onnx_buf.ts";
import type { Span } from "../../core/looking.ts";
import { quoted } from "../../core/text.ts";
import { isBeside } from "../_location.ts";
import { MAX_DATA_FILES, MAX_NAME } from "./_limits.ts";
import { type Fail, failure, type OnnxFile, tensorsIn } from "./file.ts";
import { bytesOf } from "./tensors.ts";

/** What a tensor says, word by word; undefined where its numbers are in the message. */
const saidBy = ({ dataLocation, externalData }: TensorProto) =>
  dataLocation === Location.EXTERNAL
    ? new Map(externalData.map(({ key, value }) => [key, value]))
    : undefined;

/** Where a tensor says that its numbers lie; undefined where it does not. */
export function spanOf(tensor: TensorProto): Span & { readonly path: string } | undefined {
  const said = saidBy(tensor);
  return said && {
    path: said.get("location")!,
    at: Number(said.get("offset") ?? 0),
    length: Number(said.get("length") ?? bytesOf(tensor)),
  };
}

/** The files that a model's weights name, each once. */
export function dataPaths(file: OnnxFile): string[] {
  const fail: Fail = failure(file.source), paths = new Set<string>();
  for (const tensor of tensorsIn(file)) {
    const said = saidBy(tensor), path = said?.get("location");
    if (!said) continue;
    if (!isBeside(path) || path.length > MAX_NAME) {
      return fail(
        `its weight "${tensor.name}" lies in ${quoted(path)}, which is not beside the model`,
      );
    }
    paths.add(path);
    if (paths.size > MAX_DATA_FILES) fail(`its weights lie in more than ${MAX_DATA_FILES} files`);
  }
  return [...paths];
}
