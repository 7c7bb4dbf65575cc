"""Trains one of the two networks on the pictures that train.ts has drawn.

PyTorch, because training in TensorFlow.js would take hours on two cores. Run by train.ts; all
randomness follows from --seed and the step, so that a resumed run takes the same course.
"""
import argparse
import json
import math
import os
import signal
import struct
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# As models/resnet.ts and models/vgg.ts describe them.
ARCHITECTURES = {
    "resnet": {"family": "resnet", "block": "basic", "depths": [1, 1, 2, 2], "widths": [16, 32, 64, 128],
               "stem": "small", "shortcut": "conv"},
    "vgg": {"family": "vgg", "stages": [[16, 16], [32, 32], [64, 64, 64], [128, 128, 128]], "batchNorm": True,
            "head": "linear"},
}
SIZE = 64
PREPROCESS = {"resize": SIZE, "crop": SIZE, "interpolation": "bilinear", "mean": [0.5, 0.5, 0.5],
              "std": [0.5, 0.5, 0.5], "range": 1, "channelOrder": "rgb"}


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut, named as in timm."""

    def __init__(self, before, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = None
        if stride > 1 or before != width:
            self.downsample = nn.Sequential(nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (self.downsample(x) if self.downsample else x))


class ResNet(nn.Module):
    def __init__(self, widths, depths, classes, **_):
        super().__init__()
        before = widths[0]
        self.conv1 = nn.Conv2d(3, before, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(before)
        for stage, (width, depth) in enumerate(zip(widths, depths)):
            layer = []
            for i in range(depth):
                layer.append(BasicBlock(before, width, 2 if stage > 0 and i == 0 else 1))
                before = width
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layer))
        self.fc = nn.Linear(before, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


class VGG(nn.Module):
    def __init__(self, stages, classes, **_):
        super().__init__()
        modules, before = [], 3
        for stage in stages:
            for width in stage:
                modules += [nn.Conv2d(before, width, 3, 1, 1), nn.BatchNorm2d(width), nn.ReLU()]
                before = width
            modules.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*modules)
        self.head = nn.Module()
        self.head.fc = nn.Linear(before, classes)

    def forward(self, x):
        return self.head.fc(self.features(x).mean((2, 3)))


def build(family, classes):
    torch.manual_seed(0)
    network = {"resnet": ResNet, "vgg": VGG}[family](**ARCHITECTURES[family], classes=classes)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
    return network.to(memory_format=torch.channels_last)


def load_pictures(path):
    """uint8 [count, 64, 64, 3], left on the disk."""
    return np.memmap(path, np.uint8, "r").reshape(-1, SIZE, SIZE, 3)


def to_input(pictures):
    x = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2)  # channels last in memory
    return x.float() / 127.5 - 1


def batch_at(step, count, size, seed):
    """The indices of a step's batch: every picture once an epoch, in an order that the seed fixes."""
    size = min(size, count)
    per_epoch = count // size
    order = np.random.RandomState([seed, step // per_epoch]).permutation(count)
    at = step % per_epoch * size
    return np.sort(order[at:at + size])


def augment(x):
    """Mirrors half of the pictures and adds noise to each, of a strength of its own."""
    n = len(x)
    x = torch.where(torch.rand(n, 1, 1, 1) < 0.5, x.flip(3), x)
    x = x + 0.15 * torch.rand(n, 1, 1, 1) * torch.randn(x.shape)
    return x.clamp(-1, 1).contiguous(memory_format=torch.channels_last)


def attack(network, x, target, strength):
    """One step against the network (Goodfellow 2015, from a random start as Wong 2020).

    Networks that withstand it have features that people can recognize (Engstrom 2019).
    """
    limit = strength * torch.rand(len(x), 1, 1, 1)
    start = (x + limit * (2 * torch.rand(x.shape) - 1)).clamp(-1, 1).detach().requires_grad_()
    gradient, = torch.autograd.grad(F.cross_entropy(network(start), target), start)
    moved = start.detach() + 1.25 * limit * gradient.sign()
    return torch.maximum(torch.minimum(moved, x + limit), x - limit).clamp(-1, 1)


def write_safetensors(path, network, metadata):
    tensors = {k: v for k, v in network.state_dict().items() if v.is_floating_point()}
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().astype("<f2").tobytes()
        header[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    replace(path, lambda part: part.write(struct.pack("<Q", len(text)) + text + data))


def replace(path, write):
    """Whole or absent: written beside it, then renamed."""
    with open(path + ".part", "wb") as part:
        write(part)
    os.replace(path + ".part", path)


def progress(step, steps, loss, accuracy, began, first):
    left = (time.time() - began) / max(1, step - first) * (steps - step)
    bar = "#" * (30 * step // steps)
    end = "\r" if sys.stderr.isatty() else "\n"
    print(f"[{bar:<30}] {step}/{steps}  loss {loss:.3f}  right {accuracy:.1%}  {left / 60:.1f} min left ", end=end,
          file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", choices=ARCHITECTURES, required=True)
    parser.add_argument("--data", required=True, help="folder with train.rgb, normal.rgb, hard.rgb")
    parser.add_argument("--labels", required=True, help="the classes, separated by commas")
    parser.add_argument("--out", required=True, help="the .safetensors to write; the report lies beside it")
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--attack", type=float, default=0.06, help="strength in units of the input (-1..1)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())

    labels = options.labels.split(",")
    pictures = load_pictures(f"{options.data}/train.rgb")
    network = build(options.family, len(labels))
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    optimizer = torch.optim.SGD(
        [{"params": decayed, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0}],
        lr=options.rate, momentum=0.9, nesterov=True)

    checkpoint, course = options.out + ".checkpoint", vars(options)
    first, spent = 0, 0.0
    if os.path.exists(checkpoint):
        saved = torch.load(checkpoint)
        if saved["course"] == course:
            network.load_state_dict(saved["network"])
            optimizer.load_state_dict(saved["optimizer"])
            first, spent = saved["step"], saved["spent"]
            print(f"resumed at step {first}", file=sys.stderr)
    began = time.time()

    def save(step):
        state = {"course": course, "step": step, "network": network.state_dict(),
                 "optimizer": optimizer.state_dict(), "spent": spent + time.time() - began}
        replace(checkpoint, lambda part: torch.save(state, part))

    interrupted = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.append(True))
    for step in range(first, options.steps):
        warm = max(1, options.steps // 10)
        share = (step + 1) / warm if step < warm else (1 + math.cos(math.pi * (step - warm) / (options.steps - warm))) / 2
        for group in optimizer.param_groups:
            group["lr"] = options.rate * share
        torch.manual_seed(options.seed * 1_000_003 + step)
        chosen = batch_at(step, len(pictures), options.batch, options.seed)
        target = torch.from_numpy(chosen % len(labels))
        x = augment(to_input(pictures[chosen]))
        if step >= 0.3 * options.steps:
            x = attack(network, x, target, options.attack)
        output = network(x)
        loss = F.cross_entropy(output, target, label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 19 or step + 1 == options.steps:
            accuracy = (output.argmax(1) == target).float().mean().item()
            progress(step + 1, options.steps, loss.item(), accuracy, began, first)
        if step % 100 == 99 or interrupted:
            save(step + 1)
        if interrupted:
            print(f"\ninterrupted after step {step + 1}; the same command goes on from there", file=sys.stderr)
            sys.exit(130)

    minutes = (spent + time.time() - began) / 60
    network.load_state_dict({k: v.half().to(v.dtype) if v.is_floating_point() else v
                             for k, v in network.state_dict().items()})
    write_safetensors(options.out, network, {
        "architecture": json.dumps(ARCHITECTURES[options.family]),
        "labels": json.dumps(labels),
        "preprocess": json.dumps(PREPROCESS),
    })
    report = {"architecture": ARCHITECTURES[options.family], "preprocess": PREPROCESS, "steps": options.steps,
              "batch": options.batch, "rate": options.rate, "attack": options.attack, "seed": options.seed,
              "minutes": round(minutes, 1), "pictures": len(pictures),
              "parameters": sum(p.numel() for p in network.parameters())}
    replace(options.out + ".json", lambda part: part.write(json.dumps(report).encode()))
    if os.path.exists(checkpoint):
        os.remove(checkpoint)


main()
