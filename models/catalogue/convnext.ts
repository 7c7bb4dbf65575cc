/**
 * ConvNeXts, as timm publishes them on the hub.
 * Facts from timm 1.0.29, `timm/models/convnext.py`: the tags and what each declares; the first of an
 * architecture is the one that timm takes.
 */
import type { TimmTable } from "./timm.ts";

export const CONVNEXTS: TimmTable = {
  convnext_tiny: {
    in12k_ft_in1k: { crop: 0.95, licence: "apache-2.0" },
    in12k_ft_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "apache-2.0" },
    in12k: { crop: 0.95, classes: 11821, licence: "apache-2.0" },
    fb_in22k_ft_in1k: { licence: "apache-2.0" },
    fb_in1k: { licence: "apache-2.0" },
    fb_in22k_ft_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "apache-2.0" },
    fb_in22k: { classes: 21841, licence: "apache-2.0" },
  },
  convnext_small: {
    in12k_ft_in1k: { crop: 0.95, licence: "apache-2.0" },
    in12k_ft_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "apache-2.0" },
    in12k: { crop: 0.95, classes: 11821, licence: "apache-2.0" },
    fb_in22k_ft_in1k: { licence: "apache-2.0" },
    fb_in1k: { licence: "apache-2.0" },
    fb_in22k_ft_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "apache-2.0" },
    fb_in22k: { classes: 21841, licence: "apache-2.0" },
  },
  convnext_zepto_rms: {
    ra4_e3600_r224_in1k: { colours: "half", licence: "apache-2.0" },
  },
  convnext_zepto_rms_ols: {
    ra4_e3600_r224_in1k: { crop: 0.9, colours: "half", licence: "apache-2.0" },
  },
  convnext_atto: {
    d2_in1k: { licence: "apache-2.0" },
  },
  convnext_atto_ols: {
    a2_in1k: { licence: "apache-2.0" },
  },
  convnext_femto: {
    d1_in1k: { licence: "apache-2.0" },
  },
  convnext_femto_ols: {
    d1_in1k: { licence: "apache-2.0" },
  },
  convnext_pico: {
    d1_in1k: { licence: "apache-2.0" },
  },
  convnext_pico_ols: {
    d1_in1k: { crop: 0.95, licence: "apache-2.0" },
  },
  convnext_nano: {
    in12k_ft_in1k: { crop: 0.95, licence: "apache-2.0" },
    d1h_in1k: { crop: 0.95, licence: "apache-2.0" },
    r384_in12k_ft_in1k: { size: 384, crop: 1.0, licence: "apache-2.0" },
    in12k: { crop: 0.95, classes: 11821, licence: "apache-2.0" },
    r384_in12k: { size: 384, crop: 1.0, classes: 11821, licence: "apache-2.0" },
    r384_ad_in12k: { size: 384, crop: 1.0, classes: 11821, licence: "apache-2.0" },
  },
  convnext_nano_ols: {
    d1h_in1k: { crop: 0.95, licence: "apache-2.0" },
  },
  convnext_tiny_hnf: {
    a2h_in1k: { crop: 0.95, licence: "apache-2.0" },
  },
  convnext_base: {
    fb_in22k_ft_in1k: { licence: "apache-2.0" },
    fb_in1k: { licence: "apache-2.0" },
    fb_in22k_ft_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "apache-2.0" },
    fb_in22k: { classes: 21841, licence: "apache-2.0" },
    clip_laion2b_augreg_ft_in12k_in1k: {
      size: 256,
      crop: 1.0,
      colours: "clip",
      licence: "apache-2.0",
    },
    clip_laion2b_augreg_ft_in12k_in1k_384: {
      size: 384,
      crop: 1.0,
      colours: "clip",
      squash: true,
      licence: "apache-2.0",
    },
    clip_laion2b_augreg_ft_in1k: { size: 256, crop: 1.0, colours: "clip", licence: "apache-2.0" },
    clip_laiona_augreg_ft_in1k_384: {
      size: 384,
      crop: 1.0,
      colours: "clip",
      licence: "apache-2.0",
    },
    clip_laion2b_augreg_ft_in12k: {
      size: 256,
      crop: 1.0,
      colours: "clip",
      classes: 11821,
      licence: "apache-2.0",
    },
  },
  convnext_large: {
    fb_in22k_ft_in1k: { licence: "apache-2.0" },
    fb_in1k: { licence: "apache-2.0" },
    fb_in22k_ft_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "apache-2.0" },
    fb_in22k: { classes: 21841, licence: "apache-2.0" },
  },
  convnext_xlarge: {
    fb_in22k_ft_in1k: { licence: "apache-2.0" },
    fb_in22k_ft_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "apache-2.0" },
    fb_in22k: { classes: 21841, licence: "apache-2.0" },
  },
  convnextv2_nano: {
    fcmae_ft_in22k_in1k: { licence: "cc-by-nc-4.0" },
    fcmae_ft_in22k_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "cc-by-nc-4.0" },
    fcmae_ft_in1k: { licence: "cc-by-nc-4.0" },
  },
  convnextv2_tiny: {
    fcmae_ft_in22k_in1k: { licence: "cc-by-nc-4.0" },
    fcmae_ft_in22k_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "cc-by-nc-4.0" },
    fcmae_ft_in1k: { licence: "cc-by-nc-4.0" },
  },
  convnextv2_base: {
    fcmae_ft_in22k_in1k: { licence: "cc-by-nc-4.0" },
    fcmae_ft_in22k_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "cc-by-nc-4.0" },
    fcmae_ft_in1k: { licence: "cc-by-nc-4.0" },
  },
  convnextv2_large: {
    fcmae_ft_in22k_in1k: { licence: "cc-by-nc-4.0" },
    fcmae_ft_in22k_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "cc-by-nc-4.0" },
    fcmae_ft_in1k: { licence: "cc-by-nc-4.0" },
  },
  convnextv2_huge: {
    fcmae_ft_in22k_in1k_384: { size: 384, crop: 1.0, squash: true, licence: "cc-by-nc-4.0" },
    fcmae_ft_in22k_in1k_512: { size: 512, crop: 1.0, squash: true, licence: "cc-by-nc-4.0" },
    fcmae_ft_in1k: { licence: "cc-by-nc-4.0" },
  },
  convnextv2_atto: {
    fcmae_ft_in1k: { licence: "cc-by-nc-4.0" },
  },
  convnextv2_femto: {
    fcmae_ft_in1k: { licence: "cc-by-nc-4.0" },
  },
  convnextv2_pico: {
    fcmae_ft_in1k: { licence: "cc-by-nc-4.0" },
  },
  convnext_large_mlp: {
    clip_laion2b_soup_ft_in12k_in1k_320: {
      size: 320,
      crop: 1.0,
      colours: "clip",
      licence: "apache-2.0",
    },
    clip_laion2b_soup_ft_in12k_in1k_384: {
      size: 384,
      crop: 1.0,
      colours: "clip",
      squash: true,
      licence: "apache-2.0",
    },
    clip_laion2b_augreg_ft_in1k: { size: 256, crop: 1.0, colours: "clip", licence: "apache-2.0" },
    clip_laion2b_augreg_ft_in1k_384: {
      size: 384,
      crop: 1.0,
      colours: "clip",
      squash: true,
      licence: "apache-2.0",
    },
    clip_laion2b_soup_ft_in12k_320: {
      size: 320,
      crop: 1.0,
      colours: "clip",
      classes: 11821,
      licence: "apache-2.0",
    },
    clip_laion2b_augreg_ft_in12k_384: {
      size: 384,
      crop: 1.0,
      colours: "clip",
      squash: true,
      classes: 11821,
      licence: "apache-2.0",
    },
    clip_laion2b_soup_ft_in12k_384: {
      size: 384,
      crop: 1.0,
      colours: "clip",
      squash: true,
      classes: 11821,
      licence: "apache-2.0",
    },
  },
  convnext_xxlarge: {
    clip_laion2b_soup_ft_in1k: { size: 256, crop: 1.0, colours: "clip", licence: "apache-2.0" },
    clip_laion2b_soup_ft_in12k: {
      size: 256,
      crop: 1.0,
      colours: "clip",
      classes: 11821,
      licence: "apache-2.0",
    },
  },
};
