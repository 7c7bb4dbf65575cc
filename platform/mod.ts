/** The platform that the library runs on: the one line to replace for another. */
export { platform } from "./deno.ts";
export type {
  AppendedFile,
  AsyncLocal,
  Entry,
  Fault,
  FileFacts,
  OpenFile,
  Path,
  Platform,
  Sha256,
} from "./platform.ts";
