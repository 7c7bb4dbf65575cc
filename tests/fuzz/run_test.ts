import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);
const support = new URL("tests/_support/property.ts", root);

/** A property of whole numbers that one in a thousand lacks. */
const RARELY_WRONG = `import fc from "${support}";
Deno.test("small", () =>
  fc.assert(fc.property(fc.nat(1_000_000), (n) => n % 1000 !== 7), { numRuns: 20_000 }));`;

async function fuzz(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--lock=deno.dev.lock", "--no-check", "-A", "tests/fuzz/run.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("a failure ends the fuzzing and is found again from its seed", async () => {
  const file = await Deno.makeTempFile({ suffix: "_test.ts" });
  try {
    await Deno.writeTextFile(file, RARELY_WRONG);
    const { code, out, err } = await fuzz("--minutes", "600", file);
    assert.equal(code, 1);
    const [, seed] = /^seed (\d+) fails; again: deno task fuzz --seed \1 /m.exec(err)!;
    const [found] = /^.*Counterexample: \[\d+\]$/m.exec(out)!;
    assert.match(out, new RegExp(`\\{ seed: ${seed}, path: `));

    const again = await fuzz("--seed", seed, file);
    assert.equal(again.code, 1);
    assert.ok(again.out.includes(found), `${found} is not in ${again.out}`);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("the fuzzing of what holds ends well; what cannot be asked is told", async () => {
  const { code, out } = await fuzz("tests/core/random_test.ts");
  assert.equal(code, 0);
  assert.match(out, /nothing found in 1 round\n$/);
  for (const args of [["--seed", "-1"], ["--seed", "x"], ["--minutes", "soon"], ["--hours", "1"]]) {
    const { code, err } = await fuzz(...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(err, /^error: /);
  }
});
