/**
 * MobileNets v3, as timm publishes them on the hub.
 * Facts from timm 1.0.29, `timm/models/mobilenetv3.py`: the tags and what each declares; the first of an
 * architecture is the one that timm takes.
 */
import type { TimmTable } from "./timm.ts";

export const MOBILENETS: TimmTable = {
  mobilenetv3_large_100: {
    ra_in1k: { licence: "apache-2.0" },
    ra4_e3600_r224_in1k: { crop: 0.95, colours: "half", licence: "apache-2.0" },
    miil_in21k_ft_in1k: { interpolation: "bilinear", colours: "none", licence: "apache-2.0" },
    miil_in21k: {
      interpolation: "bilinear",
      colours: "none",
      classes: 11221,
      licence: "apache-2.0",
    },
  },
  mobilenetv3_large_150d: {
    ra4_e3600_r256_in1k: {
      size: 256,
      crop: 0.95,
      interpolation: "bilinear",
      colours: "half",
      licence: "apache-2.0",
    },
  },
  mobilenetv3_small_050: {
    lamb_in1k: { licence: "apache-2.0" },
  },
  mobilenetv3_small_075: {
    lamb_in1k: { licence: "apache-2.0" },
  },
  mobilenetv3_small_100: {
    lamb_in1k: { licence: "apache-2.0" },
  },
  mobilenetv3_rw: {
    rmsp_in1k: { licence: "apache-2.0" },
  },
  tf_mobilenetv3_large_075: {
    in1k: { interpolation: "bilinear", colours: "half", licence: "apache-2.0" },
  },
  tf_mobilenetv3_large_100: {
    in1k: { interpolation: "bilinear", colours: "half", licence: "apache-2.0" },
  },
  tf_mobilenetv3_large_minimal_100: {
    in1k: { interpolation: "bilinear", colours: "half", licence: "apache-2.0" },
  },
  tf_mobilenetv3_small_075: {
    in1k: { interpolation: "bilinear", colours: "half", licence: "apache-2.0" },
  },
  tf_mobilenetv3_small_100: {
    in1k: { interpolation: "bilinear", colours: "half", licence: "apache-2.0" },
  },
  tf_mobilenetv3_small_minimal_100: {
    in1k: { interpolation: "bilinear", colours: "half", licence: "apache-2.0" },
  },
};
