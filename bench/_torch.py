"""PyTorch's side of the benches: argv is what is asked, as JSON; the last line is what was found."""
import json
import os
import struct
import sys
import time

REQUEST = json.loads(sys.argv[1])
# before PyTorch reads it: left alone, it may take one thread and a slow path
os.environ.setdefault("OMP_NUM_THREADS", str(REQUEST["threads"]))

import torch  # noqa: E402
import torchvision  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

torch.set_num_threads(REQUEST["threads"])
torch.manual_seed(0)
PATIENCE_S = 1.5


def deepen(net):
    """torchvision's ResNet-152 with the deep stem and average-pool shortcuts of the "d" variants."""
    def conv(i, o, s=1):
        return nn.Sequential(nn.Conv2d(i, o, 3, s, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU())
    net.conv1 = nn.Sequential(conv(3, 32, 2), conv(32, 32), nn.Conv2d(32, 64, 3, 1, 1, bias=False))
    for layer in [net.layer2, net.layer3]:
        old = layer[0].downsample
        layer[0].downsample = nn.Sequential(
            nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False),
            nn.Conv2d(old[0].in_channels, old[0].out_channels, 1, bias=False), old[1])
    return net


def network(name):
    if name == "resnet152d":
        net = deepen(torchvision.models.resnet152())
    elif name == "inception_v3":
        net = torchvision.models.inception_v3(init_weights=False)
    else:
        net = getattr(torchvision.models, name)()
    return net.eval().requires_grad_(False)


def peak_mb():
    """The largest resident size that this process has had, in MB."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024 / 1e6


def took(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def timed(work, most=5):
    """The median of some runs behind one that warms up."""
    work()
    taken = []
    while len(taken) < most and sum(taken) < PATIENCE_S * 1000:
        taken.append(took(work))
    return sorted(taken)[len(taken) // 2]


def to_layer3(net, x, blocks=None):
    x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
    return net.layer3[:blocks](net.layer2(net.layer1(x)))


def gradient():
    case = REQUEST["case"]
    net, batch = network(case["model"]), case.get("batch", 1)

    def run(x):
        return to_layer3(net, x)[:, 0].mean() if case.get("layer") else net(x)[:, 0].sum()

    def picture(**options):
        return torch.rand(batch, 3, case["height"], case["width"], **options)

    def forward():
        with torch.no_grad():
            run(picture())

    return {
        "forwardMs": timed(forward),
        "gradientMs": timed(lambda: run(picture(requires_grad=True)).backward()),
        "peakMB": peak_mb(),
    }


def dream():
    net = network("resnet152d")
    x = torch.rand(1, 3, REQUEST["height"], REQUEST["width"])

    def step():
        nonlocal x
        x.requires_grad_(True)
        to_layer3(net, x, 2)[0, 0].mean().backward()
        x = (x + 12 * x.grad).detach()

    return {"ms": timed(step, REQUEST["steps"]), "peakMB": peak_mb()}


# Techniques, in the few lines that people write. Of what takes many pictures, batches of 16.

BATCH = 16


def input_gradient(net, x):
    x = x.detach().requires_grad_(True)
    net(x)[:, 0].sum().backward()
    return x.grad


def scores(net, pictures):
    """Of many pictures, made when they are needed."""
    with torch.no_grad():
        return torch.cat([net(torch.cat(pictures[i:i + BATCH]))[:, 0] for i in range(0, len(pictures), BATCH)])


def saliency(net, x):
    return input_gradient(net, x).abs().amax(1)


def smooth_grad(net, x):
    count = REQUEST["backward"]
    noisy = x + 0.15 * torch.randn(count, *x.shape[1:])
    return sum(input_gradient(net, part).abs().amax(1).sum(0) for part in noisy.split(BATCH)) / count


def integrated_gradients(net, x):
    count = REQUEST["backward"]
    at = (torch.arange(count) + 0.5).reshape(-1, 1, 1, 1) / count * x
    return x[0] * sum(input_gradient(net, part).sum(0) for part in at.split(BATCH)) / count


def grad_cam(net, x):
    kept = []
    hook = net.layer4.register_forward_hook(lambda _, __, out: kept.append(out))
    out = net(x.requires_grad_(True))[0, 0]
    hook.remove()
    grad, = torch.autograd.grad(out, kept[-1])
    return (grad.mean((2, 3), keepdim=True) * kept[-1]).sum(1).relu()


def guided_backprop(net, x):
    hooks = [m.register_full_backward_hook(lambda _, grads, __: (grads[0].clamp(min=0),))
             for m in net.modules() if isinstance(m, nn.ReLU)]
    grad = input_gradient(net, x)
    for hook in hooks:
        hook.remove()
    return grad


def occlusion(net, x):
    count = REQUEST["forward"]
    side = max(1, round(count ** 0.5))
    pictures = []
    for i in range(count):
        y = x.clone()
        top, left = i // side * 40, i % side * 40
        y[..., top:top + 64, left:left + 64] = 0
        pictures.append(y)
    return scores(net, pictures)


def rise(net, x):
    masks = F.interpolate((torch.rand(REQUEST["forward"], 1, 8, 8) < 0.5).float(), size=(256, 256),
                          mode="bilinear", align_corners=False)[..., 16:240, 16:240]
    return (scores(net, [x * mask for mask in masks]).reshape(-1, 1, 1) * masks[:, 0]).sum(0)


def score_cam(net, x):
    kept = []
    hook = net.layer4.register_forward_hook(lambda _, __, out: kept.append(out))
    with torch.no_grad():
        net(x)
    hook.remove()
    maps = F.interpolate(kept[0][:, :REQUEST["forward"]], size=x.shape[2:], mode="bilinear")[0]
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    maps = (maps - low) / (high - low).clamp(min=1e-9)
    weights = scores(net, [x * one for one in maps]).softmax(0)
    return (weights.reshape(-1, 1, 1) * maps).sum(0).relu()


def technique():
    net = network("resnet50")
    for module in net.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    work = globals()[REQUEST["technique"].replace("-", "_")]
    x = torch.rand(1, 3, 224, 224)
    return {"ms": timed(lambda: work(net, x.clone()), 3), "peakMB": peak_mb()}


def files():
    """VGG16, random, in each format."""
    net, folder = network("vgg16"), REQUEST["folder"]
    state = net.state_dict()
    torch.save(state, f"{folder}/vgg16.pth")
    torch.onnx.export(net, torch.zeros(1, 3, 224, 224), f"{folder}/vgg16.onnx", opset_version=13)
    header, at = {}, 0
    for name, tensor in state.items():
        end = at + 4 * tensor.numel()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(f"{folder}/vgg16.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in state.values():
            file.write(tensor.contiguous().numpy().tobytes())
    return {}


def blas():
    """Whether it multiplies with more than the reference BLAS, which is some ten times slower."""
    with open("/proc/self/maps") as maps:
        text = maps.read()
    built_in = "BLAS_INFO=mkl" in torch.__config__.show()
    return {"fast": int(built_in or any(name in text for name in ["openblas", "mkl_", "blis", "atlas"]))}


def load():
    before = peak_mb()
    net = network("vgg16")  # whose random numbers take longer than the file's

    def work():
        net.load_state_dict(torch.load(REQUEST["file"]))

    return {"ms": took(work), "moreMB": peak_mb() - before}


print(json.dumps(globals()[REQUEST["ask"]]()))
