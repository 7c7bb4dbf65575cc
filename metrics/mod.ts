/** The metrics: one line each. */
import { metrics } from "../run/metrics.ts";
import { averageDrop } from "./average_drop.ts";
import { classSensitivity } from "./class_sensitivity.ts";
import { completeness } from "./completeness.ts";
import { deletion } from "./deletion.ts";
import { energyPointingGame } from "./energy_pointing_game.ts";
import { entropy } from "./entropy.ts";
import { faithfulnessCorrelation } from "./faithfulness_correlation.ts";
import { faithfulnessEstimate } from "./faithfulness_estimate.ts";
import { increase } from "./increase.ts";
import { infidelity } from "./infidelity.ts";
import { inputInvariance } from "./input_invariance.ts";
import { insertion } from "./insertion.ts";
import { iou } from "./iou.ts";
import { lipschitz } from "./lipschitz.ts";
import { modelRandomization } from "./model_randomization.ts";
import { monotonicity } from "./monotonicity.ts";
import { pointingGame } from "./pointing_game.ts";
import { randomLogit } from "./random_logit.ts";
import { relevanceMass } from "./relevance_mass.ts";
import { relevanceRank } from "./relevance_rank.ts";
import { road } from "./road.ts";
import { roadLerf } from "./road_lerf.ts";
import { roadMorf } from "./road_morf.ts";
import { sensitivityAvg } from "./sensitivity_avg.ts";
import { sensitivityMax } from "./sensitivity_max.ts";
import { sensitivityN } from "./sensitivity_n.ts";
import { sparseness } from "./sparseness.ts";
import { topKIntersection } from "./top_k_intersection.ts";

export { metrics };
export { judge, type Judged, type JudgeRequest } from "../run/judge.ts";
export type { MaskRequest } from "../run/mask.ts";

metrics.addOwn([
  // faithfulness: does the network use what the map shows?
  deletion,
  insertion,
  road,
  roadMorf,
  roadLerf,
  averageDrop,
  increase,
  faithfulnessCorrelation,
  faithfulnessEstimate,
  sensitivityN,
  monotonicity,
  infidelity,
  // robustness: does it stay where nothing happened?
  sensitivityMax,
  sensitivityAvg,
  lipschitz,
  // localization: does it lie on the thing?
  pointingGame,
  energyPointingGame,
  relevanceMass,
  relevanceRank,
  topKIntersection,
  iou,
  // complexity: can it be taken in?
  sparseness,
  entropy,
  // randomization: does it depend on what was learnt, and on the class?
  modelRandomization,
  randomLogit,
  classSensitivity,
  // axioms
  completeness,
  inputInvariance,
]);
