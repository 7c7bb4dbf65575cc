/** Whether a file is an ONNX model, by its first bytes alone. */

/** What the first bytes of an ONNX model's message hold: field → how it is written (wire type). */
const FIELDS: Readonly<Record<number, number>> = {
  ...{ 1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2 },
};

/** A protobuf number of at most five bytes; undefined where the bytes end or it is larger. */
function varint(bytes: Uint8Array, at: number): [value: number, next: number] | undefined {
  let value = 0;
  for (let n = 0; n < 6 && at + n < bytes.length; n++) {
    value += (bytes[at + n] & 0x7f) * 2 ** (7 * n);
    if (bytes[at + n] < 0x80) return [value, at + n + 1];
  }
}

/** Later versions of the format are not known; those before 3 had no opsets. */
const IR_VERSIONS = [1, 100] as const;

/**
 * Whether a file's first bytes can be an ONNX model's: fields that such a message has, of the kinds
 * that they have, and among them the version that every writer begins with.
 *
 * @param named Whether its name says so: then the version may come behind the graph.
 */
export function looksLikeOnnx(head: Uint8Array, bytes: number, named: boolean): boolean {
  let at = 0, versions = 0, fields = 0;
  while (at < head.length) {
    const tag = varint(head, at);
    if (!tag) break;
    const field = Math.floor(tag[0] / 8), wire = tag[0] % 8;
    if (FIELDS[field] !== wire) return false;
    const number = varint(head, tag[1]);
    if (!number) break;
    const [value, next] = number;
    if (field === 1) {
      if (value < IR_VERSIONS[0] || value > IR_VERSIONS[1]) return false;
      versions++;
    }
    at = wire === 0 ? next : next + value;
    // one that was cut off is told so, where its name says what it should be
    if (at > bytes && !named) return false;
    fields++;
  }
  return fields > 1 && (versions === 1 || named && versions === 0);
}
