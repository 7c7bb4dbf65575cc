/**
 * VGGs, as timm publishes them on the hub.
 * Facts from timm 1.0.29, `timm/models/vgg.py`: the tags and what each declares; the first of an
 * architecture is the one that timm takes.
 */
import type { TimmTable } from "./timm.ts";

export const VGGS: TimmTable = {
  vgg11: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  vgg13: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  vgg16: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  vgg19: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  vgg11_bn: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  vgg13_bn: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  vgg16_bn: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  vgg19_bn: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
  },
};
