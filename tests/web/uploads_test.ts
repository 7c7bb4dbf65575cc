import assert from "node:assert/strict";
import { Uploads } from "../../web/uploads.ts";

const bytes = (n: number, value = 1) => new Uint8Array(n).fill(value);

Deno.test("uploads are kept under tokens until there is no room", async () => {
  const uploads = new Uploads(100);
  const first = await uploads.add("a.png", bytes(40));
  const second = await uploads.add("b.png", bytes(40, 2));
  assert.notEqual(first.token, second.token);
  assert.equal((await uploads.add("a.png", bytes(40))).token, first.token); // the same file
  assert.notEqual((await uploads.add("c.png", bytes(40))).token, first.token); // another name
  assert.ok(uploads.has(first.token) && !uploads.has(second.token)); // the oldest has gone
  assert.throws(() => uploads.get(second.token), /not kept any more/);
  const large = await uploads.add("d.png", bytes(200, 3)); // the newest is kept, however large
  assert.deepEqual([large, first].map(({ token }) => uploads.has(token)), [true, false]);
});
