import assert from "node:assert/strict";
import { fromBase64, fromHex, toHex } from "../../core/hex.ts";
import fc from "../_support/property.ts";

Deno.test("bytes are written as text and read as the engine does it", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assert.equal(toHex(bytes), bytes.toHex());
    assert.deepEqual(fromHex(toHex(bytes)), bytes);
    assert.deepEqual(fromBase64(bytes.toBase64()), bytes);
  }));
  assert.throws(() => fromBase64("*"));
});
