/**
 * Inception v3, as timm publishes them on the hub.
 * Facts from timm 1.0.29, `timm/models/inception_v3.py`: the tags and what each declares; the first of an
 * architecture is the one that timm takes.
 */
import type { TimmTable } from "./timm.ts";

export const INCEPTIONS: TimmTable = {
  inception_v3: {
    tv_in1k: { size: 299, colours: "half", licence: "apache-2.0" },
    tf_in1k: { size: 299, colours: "half", licence: "apache-2.0" },
    tf_adv_in1k: { size: 299, colours: "half", licence: "apache-2.0" },
    gluon_in1k: { size: 299, licence: "apache-2.0" },
  },
};
