/** What stands in a file's place when it did not arrive. */

/** What a file of no format is, by how it begins, for the end of a sentence; undefined where nobody knows. */
export function oddity(head: Uint8Array): string | undefined {
  const start = new TextDecoder("latin1").decode(head.subarray(0, 64)).trimStart();
  if (head.length === 0) return "empty";
  if (start.startsWith("version https://git-lfs")) {
    return "a Git LFS pointer, not the file itself (git lfs pull fetches that)";
  }
  if (start.startsWith("<")) return "a web page, not the file itself";
}
