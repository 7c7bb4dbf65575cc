"""PyTorch's time for one case of bench/gradient.ts: argv is the case as JSON, and the repeats."""
import json
import os
import sys
import time

# before PyTorch reads it: left alone, it may take one thread and a slow path
os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count()))

import torch  # noqa: E402
import torchvision


def deepen(net):
    """torchvision's ResNet-152 with the deep stem and average-pool shortcuts of the "d" variants."""
    def conv(i, o, s=1):
        return torch.nn.Sequential(
            torch.nn.Conv2d(i, o, 3, s, 1, bias=False), torch.nn.BatchNorm2d(o), torch.nn.ReLU())
    net.conv1 = torch.nn.Sequential(conv(3, 32, 2), conv(32, 32), torch.nn.Conv2d(32, 64, 3, 1, 1, bias=False))
    for layer in [net.layer2, net.layer3]:
        old = layer[0].downsample
        layer[0].downsample = torch.nn.Sequential(
            torch.nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False),
            torch.nn.Conv2d(old[0].in_channels, old[0].out_channels, 1, bias=False), old[1])
    return net


case, repeats = json.loads(sys.argv[1]), int(sys.argv[2])
torch.manual_seed(0)
name = case["model"]
net = deepen(torchvision.models.resnet152()) if name == "resnet152d" else getattr(torchvision.models, name)()
net.eval().requires_grad_(False)


def run(x):
    if not case.get("layer"):
        return net(x)[0, 0]
    x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
    return net.layer3(net.layer2(net.layer1(x)))[0, 0].mean()


def forward():
    with torch.no_grad():
        run(torch.zeros(1, 3, case["height"], case["width"]))


def gradient():
    run(torch.rand(1, 3, case["height"], case["width"], requires_grad=True)).backward()


def timed(work):
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)[len(taken) // 2]


print(json.dumps({"forwardMs": timed(forward), "gradientMs": timed(gradient)}))
