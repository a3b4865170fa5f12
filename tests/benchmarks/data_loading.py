"""Reading the data, and one epoch: this book's way against torchvision's.

    python tests/benchmarks/data_loading.py

First the time to have Fashion-MNIST in memory, in a fresh interpreter, imports
included: softmaxbook unpacks and verifies the four official files; torchvision
reads them unpacked, and verifies nothing.

Then one epoch of softmax regression on its 60,000 training pictures, minibatch
SGD (batch 256, rate 0.1), on the GPU if there is one.  Both sides take the same
steps on the same batches; only where the batches come from differs:

- in memory: all pictures as one uint8 tensor on the device; a batch is an
  index into it, converted to float32 and divided by 255;
- usual: torchvision's FashionMNIST with the transform ToTensor, read by a
  DataLoader in this process or in two worker processes.

Both sides compute on one CPU thread: a batch is too small to gain from more,
and when another program wants the cores, threads that wait for each other cost
many times what they save.  Times are medians over runs in turn; the accuracy
is that on the test set.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader
from torchvision.datasets import FashionMNIST
from torchvision.transforms import ToTensor

import softmaxbook
from softmaxbook.data import load_fashion_mnist

BATCH, RATE, RUNS = 256, 0.1, 3
READ = {
    "softmaxbook": "from softmaxbook.data import load_fashion_mnist as read; read()",
    "torchvision": "from torchvision.datasets import FashionMNIST as read; "
    "[read(sys.argv[1], train=train) for train in (True, False)]",
}
TIMED = """
import sys, time
start = time.perf_counter()
{}
print(time.perf_counter() - start, time.process_time())
"""


def write_idx(folder, data):
    """The four files of the data set, unpacked, where torchvision looks."""
    raw = Path(folder, "FashionMNIST", "raw")
    raw.mkdir(parents=True)
    for part, name in (("train", "train"), ("test", "t10k")):
        for kind, rank in (("images", 3), ("labels", 1)):
            array = getattr(data, f"{part}_{kind}").astype(np.uint8)
            header = bytes([0, 0, 8, rank]) + np.array(array.shape, ">u4").tobytes()
            path = raw / f"{name}-{kind}-idx{rank}-ubyte"
            path.write_bytes(header + array.tobytes())


def print_reading_times(folder):
    """Medians of both readers, each in fresh interpreters, in turn."""
    times = {name: [] for name in READ}
    for _ in range(RUNS):
        for name, code in READ.items():
            command = [sys.executable, "-c", TIMED.format(code), folder]
            output = subprocess.run(command, check=True, capture_output=True).stdout
            times[name].append([float(number) for number in output.split()])
    medians = {name: np.median(runs, axis=0) for name, runs in times.items()}
    print(f"Fashion-MNIST from the disk, {RUNS} runs\n{'':22}   clock  processor")
    for name, (clock, processor) in medians.items():
        print(f"{name:22} {clock:5.2f} s  {processor:7.2f} s")
    ratios = medians["torchvision"] / medians["softmaxbook"]
    print("torchvision / softmaxbook: {:.1f} by the clock, {:.1f}\n".format(*ratios))


def in_memory(X, y, order):
    """Batches of floats from a uint8 tensor; order is on its device."""
    for index in order.split(BATCH):
        rows = X.index_select(0, index)  # several times faster than X[index]
        yield rows.float().div_(255), y.index_select(0, index)


def usual(dataset, order, device, workers):
    """Batches of a DataLoader that applies a transform to each picture."""
    loader = DataLoader(dataset, BATCH, sampler=order.tolist(), num_workers=workers)
    for X, y in loader:
        yield X.to(device).flatten(1), y.to(device)


def train(batches, device):
    """One epoch from zero; returns W and b."""
    W = torch.zeros(10, 784, device=device).T  # the weights of a class adjacent
    b = torch.zeros(10, device=device)
    rows = torch.arange(BATCH, device=device)
    for X, y in batches:
        dZ = torch.addmm(b, X, W).softmax(dim=1)
        dZ[rows[: len(y)], y] -= 1
        W.addmm_(X.T, dZ, alpha=-RATE / len(y))
        b.sub_(dZ.sum(dim=0), alpha=RATE / len(y))
    return W, b


def main():
    torch.set_num_threads(1)
    device, data = softmaxbook.device(), load_fashion_mnist()
    X, y, X_test, y_test = (
        torch.from_numpy(array).to(device)
        for array in (
            data.train_images.reshape(-1, 784),
            data.train_labels,
            data.test_images.reshape(-1, 784),
            data.test_labels,
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        write_idx(folder, data)
        print_reading_times(folder)
        dataset = FashionMNIST(folder, train=True, transform=ToTensor())

    def run(name, seed):
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
        start = time.perf_counter()
        if name == "in memory":
            batches = in_memory(X, y, order.to(device))
        else:
            batches = usual(dataset, order, device, int(name[-1]))
        W, b = train(batches, device)
        b.sum().item()  # waits for the GPU
        seconds = time.perf_counter() - start
        Z = X_test.float().div_(255) @ W + b
        return seconds, (Z.argmax(dim=1) == y_test).float().mean().item()

    names = ("in memory", "DataLoader, workers 0", "DataLoader, workers 2")
    run("in memory", 0)  # warms up libraries and device
    results = {name: [] for name in names}
    for seed in range(RUNS):
        for name in names:
            results[name].append(run(name, seed))
    medians = {
        name: statistics.median(seconds for seconds, _ in runs)
        for name, runs in results.items()
    }
    print(
        f"{data.name}, one epoch over {len(X):,} pictures on {device}, "
        f"{torch.get_num_threads()} thread, {RUNS} runs\n"
        f"{'':22}   median   ratio  test accuracy by run"
    )
    for name, seconds in medians.items():
        accuracies = " ".join(f"{a:.4f}" for _, a in results[name])
        print(
            f"{name:22} {seconds:7.3f} s {seconds / medians[names[0]]:6.1f}"
            f"  {accuracies}"
        )
    same = len({tuple(a for _, a in runs) for runs in results.values()}) == 1
    slowest = min(medians[name] for name in names[1:]) / medians[names[0]]
    print(
        f"same accuracies: {same}; in memory is {slowest:.1f} times faster "
        "than the faster DataLoader"
    )


if __name__ == "__main__":
    main()
