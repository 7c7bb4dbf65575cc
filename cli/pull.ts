/** `phosphene pull`: brings published weights into the cache. */
import type { Pull, Pulled } from "../models/pull.ts";
import type { AddCommand, Context } from "./_context.ts";
import { rateMeter } from "./_rate.ts";
import { megabytes, table } from "./_text.ts";

export const addPull: AddCommand = (program, context) => {
  program.command("pull")
    .summary("Fetch published weights, for when there is no network")
    .description(
      "Fetches the published weights of models into the cache, which is shared with Python's " +
        "huggingface_hub and torch.hub. A download that breaks off is gone on with, and each file is " +
        "checked against its SHA-256. What is there already is not asked for again.",
    )
    .argument(
      "<id...>",
      "models (`phosphene models` lists them), hf-hub:ORGANIZATION/NAME, or addresses with " +
        "#sha256=… at their end",
    )
    .addHelpText(
      "after",
      "\nHF_HOME and HF_HUB_CACHE say where the cache is, HF_TOKEN who asks, HF_ENDPOINT which hub, " +
        "HF_HUB_OFFLINE that nobody is asked, TORCH_HOME where torchvision's files are.",
    )
    .action(async (ids: string[]) => {
      const { pullOf } = await import("../models/pull.ts");
      await import("../models/mod.ts"); // so that the models are known
      const pulls: Pull[] = [], pulled: Pulled[] = [];
      for (const id of ids) pulls.push(await pullOf(id));
      for (const pull of pulls) pulled.push(await metered(pull, context));
      context.print(pulled, () =>
        table(
          pulled.map(({ id, bytes, path, fetched }) => [
            id,
            megabytes(bytes),
            fetched ? "fetched" : "was there",
            path,
          ]),
          [1],
        ));
    });
};

async function metered({ id, run }: Pull, context: Context): Promise<Pulled> {
  const meter = context.meter(`fetching ${id}`, megabytes), rate = rateMeter();
  try {
    return await run({
      signal: context.signal,
      onProgress: (received, total) => meter.update(received, total, rate(received)),
      onNote(sentence) {
        meter.clear();
        context.note(`note: ${sentence}`);
      },
    });
  } finally {
    meter.stop();
  }
}
