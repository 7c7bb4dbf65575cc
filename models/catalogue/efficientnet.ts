/**
 * EfficientNets, MobileNets v2 and MnasNets, as timm publishes them on the hub.
 * Facts from timm 1.0.29, `timm/models/efficientnet.py`: the tags and what each declares; the first of an
 * architecture is the one that timm takes.
 */
import type { TimmTable } from "./timm.ts";

export const EFFICIENTNETS: TimmTable = {
  mnasnet_100: {
    rmsp_in1k: { licence: "apache-2.0" },
  },
  semnasnet_075: {
    rmsp_in1k: { licence: "apache-2.0" },
  },
  semnasnet_100: {
    rmsp_in1k: { licence: "apache-2.0" },
  },
  mnasnet_small: {
    lamb_in1k: { licence: "apache-2.0" },
  },
  mobilenetv2_050: {
    lamb_in1k: { licence: "apache-2.0" },
  },
  mobilenetv2_100: {
    ra_in1k: { licence: "apache-2.0" },
  },
  mobilenetv2_110d: {
    ra_in1k: { licence: "apache-2.0" },
  },
  mobilenetv2_120d: {
    ra_in1k: { licence: "apache-2.0" },
  },
  mobilenetv2_140: {
    ra_in1k: { licence: "apache-2.0" },
  },
  efficientnet_b0: {
    ra_in1k: { licence: "apache-2.0" },
    ra4_e3600_r224_in1k: { crop: 0.9, colours: "half", licence: "apache-2.0" },
  },
  efficientnet_b1: {
    ra4_e3600_r240_in1k: { size: 240, crop: 0.9, colours: "half", licence: "apache-2.0" },
    ft_in1k: { licence: "apache-2.0" },
  },
  efficientnet_b2: {
    ra_in1k: { size: 256, licence: "apache-2.0" },
  },
  efficientnet_b3: {
    ra2_in1k: { size: 288, licence: "apache-2.0" },
  },
  efficientnet_b4: {
    ra2_in1k: { size: 320, licence: "apache-2.0" },
  },
  efficientnet_b5: {
    sw_in12k_ft_in1k: { size: 448, crop: 1.0, squash: true, licence: "apache-2.0" },
    sw_in12k: { size: 416, crop: 0.95, classes: 11821, licence: "apache-2.0" },
  },
  tf_efficientnet_b0: {
    ns_jft_in1k: { licence: "apache-2.0" },
    ap_in1k: { colours: "half", licence: "apache-2.0" },
    aa_in1k: { licence: "apache-2.0" },
    in1k: { licence: "apache-2.0" },
  },
  tf_efficientnet_b1: {
    ns_jft_in1k: { size: 240, crop: 0.882, licence: "apache-2.0" },
    ap_in1k: { size: 240, crop: 0.882, colours: "half", licence: "apache-2.0" },
    aa_in1k: { size: 240, crop: 0.882, licence: "apache-2.0" },
    in1k: { size: 240, crop: 0.882, licence: "apache-2.0" },
  },
  tf_efficientnet_b2: {
    ns_jft_in1k: { size: 260, crop: 0.89, licence: "apache-2.0" },
    ap_in1k: { size: 260, crop: 0.89, colours: "half", licence: "apache-2.0" },
    aa_in1k: { size: 260, crop: 0.89, licence: "apache-2.0" },
    in1k: { size: 260, crop: 0.89, licence: "apache-2.0" },
  },
  tf_efficientnet_b3: {
    ns_jft_in1k: { size: 300, crop: 0.904, licence: "apache-2.0" },
    ap_in1k: { size: 300, crop: 0.904, colours: "half", licence: "apache-2.0" },
    aa_in1k: { size: 300, crop: 0.904, licence: "apache-2.0" },
    in1k: { size: 300, crop: 0.904, licence: "apache-2.0" },
  },
  tf_efficientnet_b4: {
    ns_jft_in1k: { size: 380, crop: 0.922, licence: "apache-2.0" },
    ap_in1k: { size: 380, crop: 0.922, colours: "half", licence: "apache-2.0" },
    aa_in1k: { size: 380, crop: 0.922, licence: "apache-2.0" },
    in1k: { size: 380, crop: 0.922, licence: "apache-2.0" },
  },
  tf_efficientnet_b5: {
    ns_jft_in1k: { size: 456, crop: 0.934, licence: "apache-2.0" },
    ap_in1k: { size: 456, crop: 0.934, colours: "half", licence: "apache-2.0" },
    ra_in1k: { size: 456, crop: 0.934, licence: "apache-2.0" },
    aa_in1k: { size: 456, crop: 0.934, licence: "apache-2.0" },
    in1k: { size: 456, crop: 0.934, licence: "apache-2.0" },
  },
  tf_efficientnet_b6: {
    ns_jft_in1k: { size: 528, crop: 0.942, licence: "apache-2.0" },
    ap_in1k: { size: 528, crop: 0.942, colours: "half", licence: "apache-2.0" },
    aa_in1k: { size: 528, crop: 0.942, licence: "apache-2.0" },
  },
  tf_efficientnet_b7: {
    ns_jft_in1k: { size: 600, crop: 0.949, licence: "apache-2.0" },
    ap_in1k: { size: 600, crop: 0.949, colours: "half", licence: "apache-2.0" },
    ra_in1k: { size: 600, crop: 0.949, licence: "apache-2.0" },
    aa_in1k: { size: 600, crop: 0.949, licence: "apache-2.0" },
  },
  tf_efficientnet_b8: {
    ap_in1k: { size: 672, crop: 0.954, colours: "half", licence: "apache-2.0" },
    ra_in1k: { size: 672, crop: 0.954, licence: "apache-2.0" },
  },
};
