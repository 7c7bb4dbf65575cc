/** A queue that encrypts and wants certificates, by the real command line; and which files go through it. */
import assert from "node:assert/strict";
import { Authority, opensslAbsence, opensslLeftOut, tlsArgs } from "../_support/certificates.ts";
import { natsAbsence, natsLeftOut, NatsServer } from "../_support/nats.ts";
import { ended, entries, file, phosphene, pictureFile, scratch, start } from "./_phosphene.ts";

const LABELS = Array.from({ length: 20 }, (_, i) => `thing ${i}`);

Deno.test({
  name:
    `what a job needs goes to workers, encrypted and with certificates${natsAbsence}${opensslAbsence}`,
  ignore: natsLeftOut || opensslLeftOut,
  async fn(t) {
    using authority = await Authority.make();
    const server = await authority.sign("server", "IP:127.0.0.1");
    const ada = await authority.sign("ada", "DNS:ada");
    await using nats = await NatsServer.start(...tlsArgs(server, authority));
    const address = ["--queue", `tls://127.0.0.1:${nats.port}`, "--tls-ca", authority.cert];
    const known = [...address, "--tls-cert", ada.cert, "--tls-key", ada.key];
    const picture = await pictureFile("picture.png"), labels = file("names.txt", LABELS.join("\n"));
    const job = scratch("job");
    const plan = (...args: string[]) => phosphene("job", "plan", job, picture, ...args);
    const planned = await plan("--labels", labels);
    assert.equal(planned.code, 0, planned.err);

    await t.step("nobody without a certificate", async () => {
      for (const args of [["worker"], ["job", "run", job], ["job", "status", job]]) {
        const { code, err } = await phosphene(...args, ...address);
        assert.equal(code, 2, err);
        const errors = err.match(/^error: .*$/gm);
        assert.deepEqual(errors, [
          `error: Cannot use the queue tls://127.0.0.1:${nats.port}: it ended the connection: it wants ` +
          "a certificate of this program, in --tls-cert and --tls-key.",
        ]);
        assert.doesNotMatch(err, /Uncaught|pull/);
      }
    });

    const worker = start(["worker", ...known, "--workers", "1"]);
    await t.step("a job, with its file of labels", async () => {
      const { code, err } = await phosphene("job", "run", job, ...known);
      assert.equal(code, 0, err);
      const [run] = entries(`${job}/runs`).filter((name) => !name.startsWith("."));
      const manifest = JSON.parse(Deno.readTextFileSync(`${job}/runs/${run}/manifest.json`));
      assert.equal(manifest.target.label, LABELS[manifest.target.index]);
    });
    await t.step("a microscope, likewise", async () => {
      const pictures = scratch("pictures"), out = scratch("microscope");
      Deno.mkdirSync(pictures);
      Deno.copyFileSync(picture, `${pictures}/picture.png`);
      const args = ["--pictures", pictures, "--layers", "layer4", "--no-images", "--out", out];
      const made = await phosphene("microscope", ...args, "--labels", labels, ...known);
      assert.equal(made.code, 0, made.err);
      assert.deepEqual(JSON.parse(Deno.readTextFileSync(`${out}/microscope.json`)).labels, LABELS);
    });
    await t.step("no file that an option names, and all that needs none", async () => {
      Deno.removeSync(job, { recursive: true });
      const fills = [
        "--techniques",
        "occlusion",
        "--set",
        `fill=mean,${picture}; window=16; stride=16`,
      ];
      const planned = await plan(...fills);
      assert.equal(planned.code, 0, planned.err);
      const { code, err } = await phosphene("job", "run", job, ...known);
      assert.equal(code, 2, err);
      assert.match(
        err,
        /Cannot send ".*picture\.png" to other machines: it is named by an option, .* without --queue it/,
      );
      assert.match(err, /worked: 1 done, 0 done before, 1 failed/);
      const here = await phosphene("job", "run", job);
      assert.equal(here.code, 0, here.err);
      assert.match(here.err, /^1 done, 1 done before, 0 failed/m);
    });
    worker.kill("SIGINT");
    assert.equal((await ended(worker)).code, 130);
  },
});
