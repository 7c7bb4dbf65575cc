import assert from "node:assert/strict";
import { random } from "../../core/random.ts";
import { campaign } from "./_campaign.ts";
import { killCampaign } from "./_kill.ts";
import { KINDS, refusal, targetOf } from "./_target.ts";

const FROM = 1000, INPUTS = 60;

Deno.test("a campaign finds every input that is not survived, by a number that shows it again", async () => {
  const found = await campaign("faulty", { from: FROM, inputs: INPUTS, until: Infinity });
  const numbers = Array.from({ length: INPUTS }, (_, i) => FROM + i);
  const drawn = (seed: number) => random(seed).integer(0, 9);
  assert.deepEqual(
    found.uncaught.map(({ seed }) => seed),
    numbers.filter((seed) => drawn(seed) === 7),
  );
  assert.ok(found.uncaught.length > 0 && found.uncaught.every(({ what }) => /seven/.test(what)));
  assert.equal(found.inputs, INPUTS);
  assert.equal(found.read, numbers.filter((seed) => ![7, 8].includes(drawn(seed))).length);

  const [{ seed }] = found.uncaught;
  const again = await campaign("faulty", { from: seed, inputs: 1, until: Infinity });
  assert.deepEqual(again.uncaught.map((failure) => failure.seed), [seed]);
});

Deno.test("a refusal is one line; anything else is a failure", () => {
  assert.throws(() => refusal(new Error("ours")), /ours/);
});

for (const kind of KINDS) {
  Deno.test(`${kind}: inputs follow from their numbers, and some are read`, async () => {
    const target = await targetOf(kind);
    await target.prepare?.();
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      assert.deepEqual(await target.input(random(seed)), await target.input(random(seed)));
    }
    const { uncaught, read, inputs } = await campaign(kind, {
      from: 1,
      inputs: 150,
      until: Infinity,
    });
    assert.deepEqual(uncaught, []);
    assert.ok(read > 0 && read < inputs, `${read}`);
  });
}

Deno.test("killed programs lose nothing and leave nothing half", async () => {
  const { kills, lost, half, left } = await killCampaign({
    kills: 4,
    until: Infinity,
    random: random("kill").next,
  });
  assert.ok(kills >= 4);
  assert.deepEqual({ lost, half, left }, { lost: [], half: [], left: [] });
});
