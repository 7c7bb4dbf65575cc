/**
 * RegNets, as timm publishes them on the hub.
 * Facts from timm 1.0.29, `timm/models/regnet.py`: the tags and what each declares; the first of an
 * architecture is the one that timm takes.
 */
import type { TimmTable } from "./timm.ts";

export const REGNETS: TimmTable = {
  regnety_032: {
    ra_in1k: { crop: 0.95, licence: "apache-2.0" },
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_040: {
    ra3_in1k: { crop: 0.95, licence: "apache-2.0" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_064: {
    ra3_in1k: { crop: 0.95, licence: "apache-2.0" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_080: {
    ra3_in1k: { crop: 0.95, licence: "apache-2.0" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_120: {
    sw_in12k_ft_in1k: { crop: 0.95, licence: "apache-2.0" },
    sw_in12k: { crop: 0.95, classes: 11821, licence: "apache-2.0" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_160: {
    sw_in12k_ft_in1k: { crop: 0.95, licence: "apache-2.0" },
    lion_in12k_ft_in1k: { crop: 0.95, licence: "apache-2.0" },
    sw_in12k: { crop: 0.95, classes: 11821, licence: "apache-2.0" },
    deit_in1k: { crop: 0.95, licence: "apache-2.0" },
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    swag_ft_in1k: { size: 384, crop: 1.0, licence: "cc-by-nc-4.0" },
    swag_lc_in1k: { crop: 0.965, licence: "cc-by-nc-4.0" },
    pycls_in1k: { licence: "mit" },
  },
  regnetv_040: {
    ra3_in1k: { crop: 0.95, licence: "apache-2.0" },
  },
  regnetv_064: {
    ra3_in1k: { crop: 0.95, licence: "apache-2.0" },
  },
  regnetz_040: {
    ra3_in1k: { size: 256, crop: 1.0, licence: "apache-2.0" },
  },
  regnetz_040_h: {
    ra3_in1k: { size: 256, crop: 1.0, licence: "apache-2.0" },
  },
  regnetx_004_tv: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
  },
  regnetx_008: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnetx_016: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnetx_032: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnetx_080: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnetx_160: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnetx_320: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_004: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_008_tv: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
  },
  regnety_016: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_080_tv: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
  },
  regnety_320: {
    tv2_in1k: { crop: 0.965, licence: "bsd-3-clause" },
    swag_ft_in1k: { size: 384, crop: 1.0, licence: "cc-by-nc-4.0" },
    swag_lc_in1k: { crop: 0.965, licence: "cc-by-nc-4.0" },
    seer_ft_in1k: { size: 384, crop: 1.0, licence: "seer-license" },
    pycls_in1k: { licence: "mit" },
  },
  regnety_1280: {
    swag_ft_in1k: { size: 384, crop: 1.0, licence: "cc-by-nc-4.0" },
    swag_lc_in1k: { crop: 0.965, licence: "cc-by-nc-4.0" },
    seer_ft_in1k: { size: 384, crop: 1.0, licence: "seer-license" },
  },
  regnety_640: {
    seer_ft_in1k: { size: 384, crop: 1.0, licence: "seer-license" },
  },
  regnety_2560: {
    seer_ft_in1k: { size: 384, crop: 1.0, licence: "seer-license" },
  },
  regnetx_002: {
    pycls_in1k: { licence: "mit" },
  },
  regnetx_004: {
    pycls_in1k: { licence: "mit" },
  },
  regnetx_006: {
    pycls_in1k: { licence: "mit" },
  },
  regnetx_040: {
    pycls_in1k: { licence: "mit" },
  },
  regnetx_064: {
    pycls_in1k: { licence: "mit" },
  },
  regnetx_120: {
    pycls_in1k: { licence: "mit" },
  },
  regnety_002: {
    pycls_in1k: { licence: "mit" },
  },
  regnety_006: {
    pycls_in1k: { licence: "mit" },
  },
  regnety_008: {
    pycls_in1k: { licence: "mit" },
  },
};
