/**
 * ResNets, ResNeXts and wide ResNets, as timm publishes them on the hub.
 * Facts from timm 1.0.29, `timm/models/resnet.py`: the tags and what each declares; the first of an
 * architecture is the one that timm takes.
 */
import type { TimmTable } from "./timm.ts";

export const RESNETS: TimmTable = {
  resnet10t: {
    c3_in1k: { size: 176, licence: "apache-2.0" },
  },
  resnet14t: {
    c3_in1k: { size: 176, licence: "apache-2.0" },
  },
  resnet18: {
    a1_in1k: { crop: 0.95, licence: "apache-2.0" },
    a2_in1k: { crop: 0.95, licence: "apache-2.0" },
    a3_in1k: { size: 160, crop: 0.95, licence: "apache-2.0" },
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    fb_ssl_yfcc100m_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    fb_swsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet18d: {
    ra2_in1k: { licence: "apache-2.0" },
    ra4_e3600_r224_in1k: { crop: 0.9, colours: "half", licence: "apache-2.0" },
  },
  resnet34: {
    a1_in1k: { crop: 0.95, licence: "apache-2.0" },
    a2_in1k: { crop: 0.95, licence: "apache-2.0" },
    a3_in1k: { size: 160, crop: 0.95, licence: "apache-2.0" },
    bt_in1k: { licence: "apache-2.0" },
    ra4_e3600_r224_in1k: { crop: 0.9, colours: "half", licence: "apache-2.0" },
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet34d: {
    ra2_in1k: { licence: "apache-2.0" },
  },
  resnet26: {
    bt_in1k: { licence: "apache-2.0" },
  },
  resnet26d: {
    bt_in1k: { licence: "apache-2.0" },
  },
  resnet26t: {
    ra2_in1k: { size: 256, crop: 0.94, licence: "apache-2.0" },
  },
  resnet50: {
    a1_in1k: { crop: 0.95, licence: "apache-2.0" },
    a1h_in1k: { size: 176, crop: 0.9, licence: "apache-2.0" },
    a2_in1k: { crop: 0.95, licence: "apache-2.0" },
    a3_in1k: { size: 160, crop: 0.95, licence: "apache-2.0" },
    b1k_in1k: { crop: 0.95, licence: "apache-2.0" },
    b2k_in1k: { crop: 0.95, licence: "apache-2.0" },
    c1_in1k: { crop: 0.95, licence: "apache-2.0" },
    c2_in1k: { crop: 0.95, licence: "apache-2.0" },
    d_in1k: { crop: 0.95, licence: "apache-2.0" },
    ram_in1k: { licence: "apache-2.0" },
    am_in1k: { licence: "apache-2.0" },
    ra_in1k: { licence: "apache-2.0" },
    bt_in1k: { licence: "apache-2.0" },
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    tv2_in1k: { size: 176, interpolation: "bilinear", licence: "bsd-3-clause" },
    fb_ssl_yfcc100m_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    fb_swsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet50d: {
    ra2_in1k: { licence: "apache-2.0" },
    ra4_e3600_r224_in1k: { crop: 0.95, colours: "half", licence: "apache-2.0" },
    a1_in1k: { crop: 0.95, licence: "apache-2.0" },
    a2_in1k: { crop: 0.95, licence: "apache-2.0" },
    a3_in1k: { size: 160, crop: 0.95, licence: "apache-2.0" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet101: {
    a1h_in1k: { crop: 0.95, licence: "apache-2.0" },
    a1_in1k: { crop: 0.95, licence: "apache-2.0" },
    a2_in1k: { crop: 0.95, licence: "apache-2.0" },
    a3_in1k: { size: 160, crop: 0.95, licence: "apache-2.0" },
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    tv2_in1k: { size: 176, interpolation: "bilinear", licence: "bsd-3-clause" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet101d: {
    ra2_in1k: { size: 256, crop: 0.95, licence: "apache-2.0" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet152: {
    a1h_in1k: { crop: 0.95, licence: "apache-2.0" },
    a1_in1k: { crop: 0.95, licence: "apache-2.0" },
    a2_in1k: { crop: 0.95, licence: "apache-2.0" },
    a3_in1k: { size: 160, crop: 0.95, licence: "apache-2.0" },
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    tv2_in1k: { size: 176, interpolation: "bilinear", licence: "bsd-3-clause" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet152d: {
    ra2_in1k: { size: 256, crop: 0.95, licence: "apache-2.0" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet200d: {
    ra2_in1k: { size: 256, crop: 0.95, licence: "apache-2.0" },
  },
  wide_resnet50_2: {
    racm_in1k: { licence: "apache-2.0" },
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    tv2_in1k: { size: 176, interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  wide_resnet101_2: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    tv2_in1k: { size: 176, interpolation: "bilinear", licence: "bsd-3-clause" },
  },
  resnet50_gn: {
    a1h_in1k: { crop: 0.94, licence: "apache-2.0" },
  },
  resnext50_32x4d: {
    a1h_in1k: { crop: 0.95, licence: "apache-2.0" },
    a1_in1k: { crop: 0.95, licence: "apache-2.0" },
    a2_in1k: { crop: 0.95, licence: "apache-2.0" },
    a3_in1k: { size: 160, crop: 0.95, licence: "apache-2.0" },
    ra_in1k: { licence: "apache-2.0" },
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    tv2_in1k: { size: 176, interpolation: "bilinear", licence: "bsd-3-clause" },
    fb_ssl_yfcc100m_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    fb_swsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnext101_32x4d: {
    fb_ssl_yfcc100m_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    fb_swsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnext101_64x4d: {
    c1_in1k: { crop: 0.95, licence: "apache-2.0" },
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnext101_32x8d: {
    tv_in1k: { interpolation: "bilinear", licence: "bsd-3-clause" },
    tv2_in1k: { size: 176, interpolation: "bilinear", licence: "bsd-3-clause" },
    fb_wsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    fb_ssl_yfcc100m_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    fb_swsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
  },
  resnext101_32x16d: {
    fb_wsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    fb_ssl_yfcc100m_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
    fb_swsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
  },
  resnext101_32x32d: {
    fb_wsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
  },
  resnext101_32x48d: {
    fb_wsl_ig1b_ft_in1k: { interpolation: "bilinear", licence: "cc-by-nc-4.0" },
  },
  resnet50c: {
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet101c: {
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet152c: {
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet50s: {
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet101s: {
    gluon_in1k: { licence: "apache-2.0" },
  },
  resnet152s: {
    gluon_in1k: { licence: "apache-2.0" },
  },
};
