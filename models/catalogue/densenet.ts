/**
 * DenseNets, as timm publishes them on the hub.
 * Facts from timm 1.0.29, `timm/models/densenet.py`: the tags and what each declares; the first of an
 * architecture is the one that timm takes.
 */
import type { TimmTable } from "./timm.ts";

export const DENSENETS: TimmTable = {
  densenet121: {
    ra_in1k: { licence: "apache-2.0" },
    tv_in1k: { licence: "apache-2.0" },
  },
  densenetblur121d: {
    ra_in1k: { licence: "apache-2.0" },
  },
  densenet169: {
    tv_in1k: { licence: "apache-2.0" },
  },
  densenet201: {
    tv_in1k: { licence: "apache-2.0" },
  },
  densenet161: {
    tv_in1k: { licence: "apache-2.0" },
  },
};
