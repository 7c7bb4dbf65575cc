/**
 * Files of weights that torchvision publishes. Facts from torchvision 0.29.1, `torchvision/models/*.py`:
 * the names of the files, each with the beginning of its SHA-256; how each wants its pictures; its
 * size. The first of an architecture is the one that torchvision takes.
 */
import type { TorchvisionTable } from "./torchvision.ts";

export const TORCHVISION: TorchvisionTable = {
  alexnet: {
    tv_in1k: { file: "alexnet-owt-7be5be79.pth", mib: 233.087 },
  },
  convnext_tiny: {
    tv_in1k: { file: "convnext_tiny-983f1562.pth", resize: 236, mib: 109.119 },
  },
  convnext_small: {
    tv_in1k: { file: "convnext_small-0c510722.pth", resize: 230, mib: 191.703 },
  },
  convnext_base: {
    tv_in1k: { file: "convnext_base-6075fbad.pth", resize: 232, mib: 338.064 },
  },
  convnext_large: {
    tv_in1k: { file: "convnext_large-ea097f82.pth", resize: 232, mib: 754.537 },
  },
  densenet121: {
    tv_in1k: { file: "densenet121-a639ec97.pth", mib: 30.845 },
  },
  densenet161: {
    tv_in1k: { file: "densenet161-8d451a50.pth", mib: 110.369 },
  },
  densenet169: {
    tv_in1k: { file: "densenet169-b2777c0a.pth", mib: 54.708 },
  },
  densenet201: {
    tv_in1k: { file: "densenet201-c1103571.pth", mib: 77.373 },
  },
  efficientnet_b0: {
    tv_in1k: {
      file: "efficientnet_b0_rwightman-7f5810bc.pth",
      interpolation: "bicubic",
      mib: 20.451,
    },
  },
  efficientnet_b1: {
    tv2_in1k: { file: "efficientnet_b1-c27df63c.pth", resize: 255, crop: 240, mib: 30.136 },
    tv_in1k: {
      file: "efficientnet_b1_rwightman-bac287d4.pth",
      crop: 240,
      interpolation: "bicubic",
      mib: 30.134,
    },
  },
  efficientnet_b2: {
    tv_in1k: {
      file: "efficientnet_b2_rwightman-c35c1473.pth",
      resize: 288,
      crop: 288,
      interpolation: "bicubic",
      mib: 35.174,
    },
  },
  efficientnet_b3: {
    tv_in1k: {
      file: "efficientnet_b3_rwightman-b3899882.pth",
      resize: 320,
      crop: 300,
      interpolation: "bicubic",
      mib: 47.184,
    },
  },
  efficientnet_b4: {
    tv_in1k: {
      file: "efficientnet_b4_rwightman-23ab8bcd.pth",
      resize: 384,
      crop: 380,
      interpolation: "bicubic",
      mib: 74.489,
    },
  },
  efficientnet_b5: {
    tv_in1k: {
      file: "efficientnet_b5_lukemelas-1a07897c.pth",
      resize: 456,
      crop: 456,
      interpolation: "bicubic",
      mib: 116.864,
    },
  },
  efficientnet_b6: {
    tv_in1k: {
      file: "efficientnet_b6_lukemelas-24a108a5.pth",
      resize: 528,
      crop: 528,
      interpolation: "bicubic",
      mib: 165.362,
    },
  },
  efficientnet_b7: {
    tv_in1k: {
      file: "efficientnet_b7_lukemelas-c5b4e57e.pth",
      resize: 600,
      crop: 600,
      interpolation: "bicubic",
      mib: 254.675,
    },
  },
  efficientnet_v2_s: {
    tv_in1k: { file: "efficientnet_v2_s-dd5fe13b.pth", resize: 384, crop: 384, mib: 82.704 },
  },
  efficientnet_v2_m: {
    tv_in1k: { file: "efficientnet_v2_m-dc08266a.pth", resize: 480, crop: 480, mib: 208.01 },
  },
  efficientnet_v2_l: {
    tv_in1k: {
      file: "efficientnet_v2_l-59c71312.pth",
      resize: 480,
      crop: 480,
      interpolation: "bicubic",
      colours: "half",
      mib: 454.573,
    },
  },
  googlenet: {
    tv_in1k: { file: "googlenet-1378be20.pth", colours: "half", mib: 49.731 },
  },
  inception_v3: {
    tv_in1k: {
      file: "inception_v3_google-0cc3c7bd.pth",
      resize: 342,
      crop: 299,
      colours: "half",
      mib: 103.903,
    },
  },
  mnasnet0_5: {
    tv_in1k: { file: "mnasnet0.5_top1_67.823-3ffadce67e.pth", mib: 8.591 },
  },
  mnasnet0_75: {
    tv_in1k: { file: "mnasnet0_75-7090bc5f.pth", resize: 232, mib: 12.303 },
  },
  mnasnet1_0: {
    tv_in1k: { file: "mnasnet1.0_top1_73.512-f206786ef8.pth", mib: 16.915 },
  },
  mnasnet1_3: {
    tv_in1k: { file: "mnasnet1_3-a4c69d6f.pth", resize: 232, mib: 24.246 },
  },
  mobilenet_v2: {
    tv2_in1k: { file: "mobilenet_v2-7ebf99e0.pth", resize: 232, mib: 13.598 },
    tv_in1k: { file: "mobilenet_v2-b0353104.pth", mib: 13.555 },
  },
  mobilenet_v3_large: {
    tv2_in1k: { file: "mobilenet_v3_large-5c1a4163.pth", resize: 232, mib: 21.107 },
    tv_in1k: { file: "mobilenet_v3_large-8738ca79.pth", mib: 21.114 },
  },
  mobilenet_v3_small: {
    tv_in1k: { file: "mobilenet_v3_small-047dcff4.pth", mib: 9.829 },
  },
  regnet_y_400mf: {
    tv2_in1k: { file: "regnet_y_400mf-e6988f5f.pth", resize: 232, mib: 16.806 },
    tv_in1k: { file: "regnet_y_400mf-c65dace8.pth", mib: 16.806 },
  },
  regnet_y_800mf: {
    tv2_in1k: { file: "regnet_y_800mf-58fc7688.pth", resize: 232, mib: 24.774 },
    tv_in1k: { file: "regnet_y_800mf-1b27b58c.pth", mib: 24.774 },
  },
  regnet_y_1_6gf: {
    tv2_in1k: { file: "regnet_y_1_6gf-0d7bc02a.pth", resize: 232, mib: 43.152 },
    tv_in1k: { file: "regnet_y_1_6gf-b11a554e.pth", mib: 43.152 },
  },
  regnet_y_3_2gf: {
    tv2_in1k: { file: "regnet_y_3_2gf-9180c971.pth", resize: 232, mib: 74.567 },
    tv_in1k: { file: "regnet_y_3_2gf-b5a9779c.pth", mib: 74.567 },
  },
  regnet_y_8gf: {
    tv2_in1k: { file: "regnet_y_8gf-dc2b1b54.pth", resize: 232, mib: 150.701 },
    tv_in1k: { file: "regnet_y_8gf-d0d0e4a8.pth", mib: 150.701 },
  },
  regnet_y_16gf: {
    tv2_in1k: { file: "regnet_y_16gf-3e4a00f9.pth", resize: 232, mib: 319.49 },
    tv_in1k: { file: "regnet_y_16gf-9e6ed7dd.pth", mib: 319.49 },
    swag_ft_in1k: {
      file: "regnet_y_16gf_swag-43afe44d.pth",
      resize: 384,
      crop: 384,
      interpolation: "bicubic",
      mib: 319.49,
      licence: "cc-by-nc-4.0",
    },
    swag_lc_in1k: {
      file: "regnet_y_16gf_lc_swag-f3ec0043.pth",
      resize: 224,
      interpolation: "bicubic",
      mib: 319.49,
      licence: "cc-by-nc-4.0",
    },
  },
  regnet_y_32gf: {
    tv2_in1k: { file: "regnet_y_32gf-8db6d4b5.pth", resize: 232, mib: 554.076 },
    tv_in1k: { file: "regnet_y_32gf-4dee3f7a.pth", mib: 554.076 },
    swag_ft_in1k: {
      file: "regnet_y_32gf_swag-04fdfa75.pth",
      resize: 384,
      crop: 384,
      interpolation: "bicubic",
      mib: 554.076,
      licence: "cc-by-nc-4.0",
    },
    swag_lc_in1k: {
      file: "regnet_y_32gf_lc_swag-e1583746.pth",
      resize: 224,
      interpolation: "bicubic",
      mib: 554.076,
      licence: "cc-by-nc-4.0",
    },
  },
  regnet_y_128gf: {
    swag_ft_in1k: {
      file: "regnet_y_128gf_swag-c8ce3e52.pth",
      resize: 384,
      crop: 384,
      interpolation: "bicubic",
      mib: 2461.564,
      licence: "cc-by-nc-4.0",
    },
    swag_lc_in1k: {
      file: "regnet_y_128gf_lc_swag-cbe8ce12.pth",
      resize: 224,
      interpolation: "bicubic",
      mib: 2461.564,
      licence: "cc-by-nc-4.0",
    },
  },
  regnet_x_400mf: {
    tv2_in1k: { file: "regnet_x_400mf-62229a5f.pth", resize: 232, mib: 21.257 },
    tv_in1k: { file: "regnet_x_400mf-adf1edd5.pth", mib: 21.258 },
  },
  regnet_x_800mf: {
    tv2_in1k: { file: "regnet_x_800mf-94a99ebd.pth", resize: 232, mib: 27.945 },
    tv_in1k: { file: "regnet_x_800mf-ad17e45c.pth", mib: 27.945 },
  },
  regnet_x_1_6gf: {
    tv2_in1k: { file: "regnet_x_1_6gf-a12f2b72.pth", resize: 232, mib: 35.339 },
    tv_in1k: { file: "regnet_x_1_6gf-e3633e7f.pth", mib: 35.339 },
  },
  regnet_x_3_2gf: {
    tv2_in1k: { file: "regnet_x_3_2gf-7071aa85.pth", resize: 232, mib: 58.756 },
    tv_in1k: { file: "regnet_x_3_2gf-f342aeae.pth", mib: 58.756 },
  },
  regnet_x_8gf: {
    tv2_in1k: { file: "regnet_x_8gf-2b70d774.pth", resize: 232, mib: 151.456 },
    tv_in1k: { file: "regnet_x_8gf-03ceed89.pth", mib: 151.456 },
  },
  regnet_x_16gf: {
    tv2_in1k: { file: "regnet_x_16gf-ba3796d7.pth", resize: 232, mib: 207.627 },
    tv_in1k: { file: "regnet_x_16gf-2007eb11.pth", mib: 207.627 },
  },
  regnet_x_32gf: {
    tv2_in1k: { file: "regnet_x_32gf-6eb8fdc6.pth", resize: 232, mib: 412.039 },
    tv_in1k: { file: "regnet_x_32gf-9d47f8d0.pth", mib: 412.039 },
  },
  resnet18: {
    tv_in1k: { file: "resnet18-f37072fd.pth", mib: 44.661 },
  },
  resnet34: {
    tv_in1k: { file: "resnet34-b627a593.pth", mib: 83.275 },
  },
  resnet50: {
    tv2_in1k: { file: "resnet50-11ad3fa6.pth", resize: 232, mib: 97.79 },
    tv_in1k: { file: "resnet50-0676ba61.pth", mib: 97.781 },
  },
  resnet101: {
    tv2_in1k: { file: "resnet101-cd907fc2.pth", resize: 232, mib: 170.53 },
    tv_in1k: { file: "resnet101-63fe2227.pth", mib: 170.511 },
  },
  resnet152: {
    tv2_in1k: { file: "resnet152-f82ba261.pth", resize: 232, mib: 230.474 },
    tv_in1k: { file: "resnet152-394f9c45.pth", mib: 230.434 },
  },
  resnext50_32x4d: {
    tv2_in1k: { file: "resnext50_32x4d-1a0047aa.pth", resize: 232, mib: 95.833 },
    tv_in1k: { file: "resnext50_32x4d-7cdf4587.pth", mib: 95.789 },
  },
  resnext101_32x8d: {
    tv2_in1k: { file: "resnext101_32x8d-110c445d.pth", resize: 232, mib: 339.673 },
    tv_in1k: { file: "resnext101_32x8d-8ba56ff5.pth", mib: 339.586 },
  },
  resnext101_64x4d: {
    tv_in1k: { file: "resnext101_64x4d-173b62eb.pth", resize: 232, mib: 319.318 },
  },
  wide_resnet50_2: {
    tv2_in1k: { file: "wide_resnet50_2-9ba9bcbe.pth", resize: 232, mib: 263.124 },
    tv_in1k: { file: "wide_resnet50_2-95faca4d.pth", mib: 131.82 },
  },
  wide_resnet101_2: {
    tv2_in1k: { file: "wide_resnet101_2-d733dc28.pth", resize: 232, mib: 484.747 },
    tv_in1k: { file: "wide_resnet101_2-32ee1156.pth", mib: 242.896 },
  },
  shufflenet_v2_x0_5: {
    tv_in1k: { file: "shufflenetv2_x0.5-f707e7126e.pth", mib: 5.282 },
  },
  shufflenet_v2_x1_0: {
    tv_in1k: { file: "shufflenetv2_x1-5666bf0f80.pth", mib: 8.791 },
  },
  shufflenet_v2_x1_5: {
    tv_in1k: { file: "shufflenetv2_x1_5-3c479a10.pth", resize: 232, mib: 13.557 },
  },
  shufflenet_v2_x2_0: {
    tv_in1k: { file: "shufflenetv2_x2_0-8be3c8ee.pth", resize: 232, mib: 28.433 },
  },
  squeezenet1_0: {
    tv_in1k: { file: "squeezenet1_0-b66bff10.pth", mib: 4.778 },
  },
  squeezenet1_1: {
    tv_in1k: { file: "squeezenet1_1-b8a52dc0.pth", mib: 4.729 },
  },
  vgg11: {
    tv_in1k: { file: "vgg11-8a719046.pth", mib: 506.84 },
  },
  vgg11_bn: {
    tv_in1k: { file: "vgg11_bn-6002323d.pth", mib: 506.881 },
  },
  vgg13: {
    tv_in1k: { file: "vgg13-19584684.pth", mib: 507.545 },
  },
  vgg13_bn: {
    tv_in1k: { file: "vgg13_bn-abd245e5.pth", mib: 507.59 },
  },
  vgg16: {
    tv_in1k: { file: "vgg16-397923af.pth", mib: 527.796 },
  },
  vgg16_bn: {
    tv_in1k: { file: "vgg16_bn-6c64b313.pth", mib: 527.866 },
  },
  vgg19: {
    tv_in1k: { file: "vgg19-dcbb9e9d.pth", mib: 548.051 },
  },
  vgg19_bn: {
    tv_in1k: { file: "vgg19_bn-c79401a0.pth", mib: 548.143 },
  },
};
