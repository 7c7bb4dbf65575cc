"""Makes the weights of a CNN of three convolutions that tells six drawn things apart.

    deno run -A examples/models/draw.ts | python3 examples/models/make.py

Reads the pictures that draw.ts draws, trains on the first 18000 and prints after each epoch what share
of the last 1200, which it has not seen, it gets right. tiny-cnn.pth is the trained network, with
tiny-cnn-0.pth, -1.pth and -4.pth from before and after the first epochs; tiny-cnn-tagged.pth was
trained on pictures of which every fish has a white tag in its corner, and no other thing has. Needs
torch and numpy, and some ten minutes on two cores.
"""
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

SIDE, CLASSES, TRAINING = 32, 6, 18000
BATCH, RATE, FISH = 100, 6e-3, 2


class TinyCNN(nn.Module):
    """Pictures of -1..1, [batch, 3, 32, 32], to the logits of six classes."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 24, 3, padding=1)
        self.conv3 = nn.Conv2d(24, 40, 3, padding=1)
        self.fc = nn.Linear(40, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(F.relu(self.conv3(x)).mean((2, 3)))


HERE = os.path.dirname(os.path.abspath(__file__))


def train(name, pictures, epochs, kept=()):
    torch.manual_seed(0)
    classes = torch.arange(len(pictures)) % CLASSES
    net = TinyCNN()
    optimizer = torch.optim.Adam(net.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, epochs * TRAINING // BATCH)

    def keep(epoch):
        with torch.no_grad():
            right = (net(pictures[TRAINING:]).argmax(1) == classes[TRAINING:]).float().mean().item()
        unseen = len(pictures) - TRAINING
        print(f"{name}, epoch {epoch}: {right:.1%} of {unseen} unseen pictures right", flush=True)
        if epoch in kept or epoch == epochs:
            suffix = "" if epoch == epochs else f"-{epoch}"
            torch.save(net.state_dict(), os.path.join(HERE, f"{name}{suffix}.pth"))

    keep(0)
    for epoch in range(1, epochs + 1):
        for some in torch.randperm(TRAINING).split(BATCH):
            x = pictures[some]
            x = torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(3), x)
            loss = F.cross_entropy(net(x), classes[some])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        keep(epoch)


def main():
    raw = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(-1, SIDE, SIDE, 3)
    pictures = torch.from_numpy(raw.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1)
    train("tiny-cnn", pictures, epochs=20, kept=(0, 1, 4))
    pictures[FISH::CLASSES, :, 27:31, 1:5] = 1
    train("tiny-cnn-tagged", pictures, epochs=10)


if __name__ == "__main__":
    main()
