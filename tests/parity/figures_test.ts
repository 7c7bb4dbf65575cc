/** Attributions against what peers' own code makes of the same networks. */
import { forEachBackend } from "../_support/backends.ts";
import { absence, hasShared } from "../_support/reference.ts";
import { agrees, branches, type Figures, resnet20, type Subject } from "./_figures.ts";
import * as captum from "./_figures_captum.ts";
import * as idiap from "./_figures_idiap.ts";
import * as pair from "./_figures_pair.ts";
import * as torch from "./_figures_torch.ts";

/** By peer: figures on the branched network and on ResNet-20. */
const PEERS = {
  "PAIR's saliency": pair,
  "Captum": captum,
  "Idiap's fullgrad-saliency": idiap,
  "PyTorch": torch,
};

async function check(subject: Subject, rows: readonly Figures[]): Promise<void> {
  for (const row of rows) await agrees(subject, row);
  subject.model.network.dispose();
}

for (const [peer, { onBranches, onResnet20 }] of Object.entries(PEERS)) {
  forEachBackend(
    `as ${peer} computes it on branches`,
    () => check(branches(), onBranches),
    ["wasm", "cpu"],
  );
  forEachBackend(
    `as ${peer} computes it on a trained ResNet-20${absence}`,
    async () => check(await resnet20(), onResnet20),
    ["wasm"],
    !hasShared,
  );
}
