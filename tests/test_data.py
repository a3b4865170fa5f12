"""The loaders and their files: tiny data sets and a server on this machine."""

import errno
import gc
import gzip
import io
import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import tarfile
import threading
import time
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softmaxbook import data, datafiles

CHOSEN = os.environ.get(data.VARIABLE)
CODE = str(Path(data.__file__).parents[1])
BASE = "cifar-10-batches-py"
LOADERS = {
    "FashionMNIST": data.load_fashion_mnist,
    "MNIST": data.load_mnist,
    "CIFAR10": data.load_cifar10,
}
KEYS = {"FashionMNIST": "fashion_mnist", "MNIST": "mnist", "CIFAR10": "cifar10"}
COMMAND = "`python -m softmaxbook.data {}`"
# pooch leaves the socket of a broken download to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
downloads = pytest.mark.skipif(
    not (find_spec("pooch") and find_spec("tqdm")), reason="pooch is not installed"
)


# Tiny data sets in the official formats -------------------------------------


def idx_gz(array):
    """An array of uint8 in the format of MNIST, compressed."""
    header = bytes([0, 0, 8, array.ndim])
    sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return gzip.compress(header + sizes + array.tobytes(), mtime=0)


def mnist_files(first):
    """Six train and four test images; every pixel of image i is first+i."""
    files = {}
    for part, n in (("train", 6), ("t10k", 4)):
        values = np.arange(first, first + n, dtype=np.uint8)
        images = np.repeat(values, 784).reshape(n, 28, 28)
        labels = np.arange(n, dtype=np.uint8)[::-1]
        files[f"{part}-images-idx3-ubyte.gz"] = idx_gz(images)
        files[f"{part}-labels-idx1-ubyte.gz"] = idx_gz(labels)
    return files


def cifar_batches(shift=0):
    """Seven pickles; image i is red i, green 100, blue its row."""
    batches = {"batches.meta": {"label_names": list("abcdefghij")}}
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    for b, name in enumerate(names):
        rows = np.zeros((2, 3, 1024), dtype=np.uint8)
        rows[:, 0] = np.array([[2 * b], [2 * b + 1]]) + shift
        rows[:, 1] = 100
        rows[:, 2] = np.arange(32).repeat(32)
        batches[name] = {"data": rows.reshape(2, 3072), "labels": [b, 9 - b]}
    return {name: pickle.dumps(batch) for name, batch in batches.items()}


def tar(files, mode, folder=BASE):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def digest(content):
    return md5(content, usedforsecurity=False).hexdigest()


def official_files():
    """Relative path: content, of all archives of the three data sets."""
    files = {}
    for kind, first in (("FashionMNIST", 10), ("MNIST", 50)):
        for name, content in mnist_files(first).items():
            files[f"{kind}/raw/{name}"] = content
    return files


CIFAR_XZ = tar(cifar_batches(), "w:xz")
CIFAR_GZ = tar(cifar_batches(), "w:gz")


def sums():
    """The MD5s of the tiny files, packed and unpacked, by their names."""
    files = {"cifar-10-python.tar.gz": CIFAR_GZ}
    for name, content in official_files().items():
        files[name] = content
        files[name.removesuffix(".gz")] = gzip.decompress(content)
    for name in (*sorted(set(cifar_batches()) - {"batches.meta"}), "batches.meta"):
        files[f"{BASE}/{name}"] = cifar_batches()[name]
    return {name: digest(content) for name, content in files.items()}


# A network with two mirrors of everything but CIFAR-10 ----------------------


def mirrors(url):
    """What MIRRORS is when the server at that address is the network."""
    return {
        folder: tuple(f"{url}/{mirror}/{folder}/" for mirror in names)
        for folder, names in (
            ("FashionMNIST/raw", "ab"),
            ("MNIST/raw", "ab"),
            ("", "a"),
        )
    }


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.urls.append(f"{self.server.url}{self.path}")
        fault = self.server.faults.pop(0) if self.server.faults else None
        name = self.path[3:].lstrip("/")
        content = {**official_files(), "cifar-10-python.tar.gz": CIFAR_GZ}[name]
        if fault == "gone":
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", len(content))
        self.end_headers()
        if fault == "altered":
            content = bytes(len(content))
        self.wfile.write(content[: len(content) // 2])
        self.wfile.flush()
        self.server.half_sent.set()
        if fault == "silent":
            self.server.closing.wait()
        if fault in ("silent", "broken"):
            return None
        self.server.gate.wait()
        self.wfile.write(content[len(content) // 2 :])

    def log_message(self, *_):
        pass


class Network(ThreadingHTTPServer):
    """A server of the tiny archives, which notes and spoils requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.urls, self.faults = [], []
        self.half_sent, self.gate, self.closing = (threading.Event() for _ in range(3))
        self.gate.set()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.gate.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        """A client that went away is part of some tests."""


def fill(folder, kind):
    """Put the archives of one data set into a folder."""
    if kind == "CIFAR10":
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{BASE}.tar.xz").write_bytes(CIFAR_XZ)
    for path, content in official_files().items():
        if path.startswith(f"{kind}/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    return folder


def files_in(folder):
    """Relative paths of all files, without the (empty) lock."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".softmaxbook.lock"
    }


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    """No variable, an empty user cache, and a temporary folder to watch."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.delenv(data.VARIABLE, raising=False)
    monkeypatch.setattr(datafiles, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def network(monkeypatch):
    """The tiny files are official, and this is where they come from."""
    monkeypatch.setattr(datafiles, "MD5", sums())
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    if find_spec("pooch"):
        no_wait = SimpleNamespace(sleep=lambda _: None)
        monkeypatch.setattr("pooch.core.time", no_wait)
    with Network() as server:
        monkeypatch.setattr(datafiles, "MIRRORS", mirrors(server.url))
        yield server
        gc.collect()  # here, where the warnings about sockets are ignored


@pytest.fixture
def read_only(tmp_path):
    """Make folders read-only until the end of the test."""
    closed = []

    def close(folder):
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
            closed.append(path)
        return folder

    yield close
    for path in closed:
        if path.exists():
            path.chmod(0o755)


# Where the data are looked for ----------------------------------------------


def test_argument_then_variable_then_cache(monkeypatch, tmp_path, cache):
    assert data.data_folder() == cache
    monkeypatch.setenv(data.VARIABLE, str(tmp_path / "named"))
    assert data.data_folder() == tmp_path / "named"
    assert data.data_folder(tmp_path / "given") == tmp_path / "given"
    assert data.data_folder(str(tmp_path / "given")) == tmp_path / "given"
    monkeypatch.setenv(data.VARIABLE, "")
    assert data.data_folder() == cache


def test_folder_is_absolute_and_home_is_expanded(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert data.data_folder("here") == tmp_path / "here"
    assert data.data_folder("~/d") == tmp_path / "home" / "d"


def test_synthetic_selects_no_folder(monkeypatch, tmp_path):
    assert data.data_folder("synthetic") is None
    monkeypatch.setenv(data.VARIABLE, "synthetic")
    assert data.data_folder() is None
    assert data.data_folder(tmp_path) == tmp_path


def test_synthetic_in_capitals_is_no_folder(monkeypatch):
    assert data.data_folder("Synthetic") is None
    monkeypatch.setenv(data.VARIABLE, "SYNTHETIC")
    assert data.data_folder() is None
    assert data.data_folder("./Synthetic") == Path.cwd() / "Synthetic"


@pytest.mark.parametrize("root", [3, b"folder", ["folder"], True, ""])
def test_wrong_type_of_root(root):
    with pytest.raises(TypeError, match="root must be the path of a folder"):
        data.load_mnist(root)


def test_file_instead_of_folder(monkeypatch, tmp_path):
    path = tmp_path / "file"
    path.write_text("no folder", "utf-8")
    with pytest.raises(data.DataError, match=f"root must.*{path} is a file"):
        data.load_mnist(path)
    monkeypatch.setenv(data.VARIABLE, str(path))
    with pytest.raises(data.DataError, match=f"^{data.VARIABLE} must.*{path} is a"):
        data.load_mnist()


# What comes back ------------------------------------------------------------


@pytest.mark.parametrize(("kind", "first"), [("FashionMNIST", 10), ("MNIST", 50)])
def test_mnist_types_give_the_images_of_the_archives(kind, first, network, tmp_path):
    dataset = LOADERS[kind](fill(tmp_path / "d", kind))
    assert dataset.train_images.shape == (6, 28, 28)
    assert dataset.test_images.shape == (4, 28, 28)
    assert dataset.train_images.dtype == np.uint8
    assert dataset.train_labels.dtype == np.int64
    assert dataset.train_images[:, 3, 5].tolist() == [first + i for i in range(6)]
    assert dataset.train_labels.tolist() == [5, 4, 3, 2, 1, 0]
    assert dataset.test_labels.tolist() == [3, 2, 1, 0]
    assert not dataset.synthetic
    for part in (dataset.train_images, dataset.train_labels, dataset.test_labels):
        assert part.flags.c_contiguous and part.flags.writeable
    assert network.urls == []


@pytest.mark.parametrize("kind", ["FashionMNIST", "MNIST"])
def test_unpacked_files_alone_are_enough(kind, network, read_only, tmp_path):
    packed = LOADERS[kind](fill(tmp_path / "d", kind))
    for path in (tmp_path / "d").rglob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    unpacked = data._load(KEYS[kind], read_only(tmp_path / "d"), download=False)
    np.testing.assert_array_equal(unpacked.train_images, packed.train_images)
    np.testing.assert_array_equal(unpacked.test_labels, packed.test_labels)
    assert network.urls == []


def test_a_file_that_torchvision_has_half_unpacked_does_no_harm(network, tmp_path):
    folder = fill(tmp_path / "d", "MNIST")
    (folder / "MNIST/raw/train-images-idx3-ubyte").write_bytes(b"half")
    assert data.load_mnist(folder).train_images.shape == (6, 28, 28)


def test_an_altered_unpacked_file_is_named(network, tmp_path):
    path = fill(tmp_path / "d", "MNIST") / "MNIST/raw/t10k-labels-idx1-ubyte.gz"
    content = gzip.decompress(path.read_bytes())
    path.unlink()
    path.with_suffix("").write_bytes(content[:-1])
    with pytest.raises(data.DataError, match=f"{path.with_suffix('')} is truncated"):
        data.load_mnist(tmp_path / "d")
    path.with_suffix("").write_bytes(content)
    assert len(data.load_mnist(tmp_path / "d").test_labels) == 4


def test_cifar10_gives_the_images_of_the_archive(network, tmp_path):
    dataset = data.load_cifar10(fill(tmp_path / "d", "CIFAR10"))
    assert dataset.train_images.shape == (10, 32, 32, 3)
    assert dataset.train_images.dtype == np.uint8
    assert dataset.train_images.flags.c_contiguous
    assert dataset.train_images.flags.writeable
    assert dataset.train_images[7, 4, 9].tolist() == [7, 100, 4]
    assert dataset.test_images[:, 9, 9, 0].tolist() == [10, 11]
    assert dataset.train_labels.tolist() == [0, 9, 1, 8, 2, 7, 3, 6, 4, 5]
    assert dataset.train_labels.dtype == np.int64
    assert network.urls == []


def test_cifar10_is_unpacked_once_and_then_read_in_place(network, tmp_path):
    folder = fill(tmp_path / "d", "CIFAR10")
    data.load_cifar10(folder)
    expected = {f"{BASE}/{name}" for name in cifar_batches()}
    assert files_in(folder) == expected | {f"{BASE}.tar.xz"}
    (folder / f"{BASE}.tar.xz").unlink()
    assert len(data.load_cifar10(folder).train_images) == 10
    assert network.urls == []


def test_names_and_printed_form(network, tmp_path):
    dataset = data.load_fashion_mnist(fill(tmp_path / "d", "FashionMNIST"))
    assert dataset.name == "Fashion-MNIST"
    assert dataset.class_names[0] == "T-shirt"
    assert dataset.class_names[9] == "ankle boot"
    printed = "Fashion-MNIST: train (6, 28, 28), test (4, 28, 28), 10 classes"
    assert str(dataset) == repr(dataset) == printed
    with pytest.raises(AttributeError):
        dataset.name = "other"


def test_class_names_agree_with_torchvision():
    datasets = pytest.importorskip("torchvision.datasets")
    names = {key: entry.class_names for key, entry in data.SETS.items()}
    fashion = [c.lower().removesuffix("/top") for c in datasets.FashionMNIST.classes]
    assert [c.lower() for c in names["fashion_mnist"]] == fashion
    assert list(names["mnist"]) == [c[0] for c in datasets.MNIST.classes]


def test_the_checksums_are_those_of_torchvision():
    datasets = pytest.importorskip("torchvision.datasets")
    for kind in (datasets.FashionMNIST, datasets.MNIST):
        for name, checksum in kind.resources:
            assert datafiles.MD5[f"{kind.__name__}/raw/{name}"] == checksum
    cifar = datasets.CIFAR10
    assert datafiles.MD5[cifar.filename] == cifar.tgz_md5
    batches = [*cifar.train_list, *cifar.test_list]
    batches.append([cifar.meta["filename"], cifar.meta["md5"]])
    assert datafiles.cifar10_names() == [f"{BASE}/{name}" for name, _ in batches]
    for name, checksum in batches:
        assert datafiles.MD5[f"{BASE}/{name}"] == checksum


@pytest.mark.parametrize("kind", ["FashionMNIST", "MNIST"])
def test_torchvision_finds_the_same_files(kind, network, monkeypatch, tmp_path):
    datasets = pytest.importorskip("torchvision.datasets")
    ours, reader = LOADERS[kind](fill(tmp_path / "d", kind)), getattr(datasets, kind)
    resources = [
        (Path(name).name, checksum)
        for name, checksum in datafiles.MD5.items()
        if name.startswith(f"{kind}/") and name.endswith(".gz")
    ]
    monkeypatch.setattr(reader, "resources", resources)
    monkeypatch.setattr(reader, "mirrors", ["http://127.0.0.1:9/"])
    theirs = reader(tmp_path / "d", train=True, download=True)
    np.testing.assert_array_equal(theirs.data, ours.train_images)
    np.testing.assert_array_equal(theirs.targets, ours.train_labels)


@pytest.mark.parametrize("kind", LOADERS)
def test_variable_and_cache_are_used(kind, network, monkeypatch, tmp_path):
    fill(tmp_path / "cache", kind)
    assert len(LOADERS[kind]().test_images) > 0
    monkeypatch.setenv(data.VARIABLE, str(fill(tmp_path / "named", kind)))
    (tmp_path / "cache").rename(tmp_path / "gone")
    assert len(LOADERS[kind]().test_images) > 0
    assert network.urls == []


# Downloads ------------------------------------------------------------------


@downloads
@pytest.mark.parametrize(
    ("kind", "n"), [("FashionMNIST", 4), ("MNIST", 4), ("CIFAR10", 1)]
)
def test_what_is_missing_is_downloaded_once(kind, n, network, cache):
    dataset = LOADERS[kind]()
    assert dataset.train_images.size > 0
    assert len(network.urls) == n
    LOADERS[kind]()
    assert len(network.urls) == n
    names = {Path(name).name for name in files_in(cache)}
    assert {url.rsplit("/", 1)[1] for url in network.urls} <= names
    assert not list(cache.rglob(".softmaxbook-staging-*"))


@downloads
def test_only_the_missing_archive_is_downloaded(network, cache):
    fill(cache, "MNIST")
    (cache / "MNIST/raw/t10k-labels-idx1-ubyte.gz").unlink()
    data.load_mnist()
    assert [Path(url).name for url in network.urls] == ["t10k-labels-idx1-ubyte.gz"]


def mirrors_asked(network):
    """For each request the mirror, a or b."""
    return "".join(url.removeprefix(network.url)[1] for url in network.urls)


@downloads
@pytest.mark.parametrize("fault", ["gone", "broken", "altered"])
def test_a_download_that_fails_once_is_tried_again(fault, network, cache):
    network.faults = [fault]
    assert data.load_mnist().train_images.shape == (6, 28, 28)
    assert mirrors_asked(network) == "aaaaa"
    assert len(files_in(cache)) == 4


@downloads
@pytest.mark.parametrize("fault", ["gone", "broken", "altered"])
def test_next_mirror_is_tried(fault, network, cache):
    network.faults = [fault, fault]
    assert data.load_mnist().train_images.shape == (6, 28, 28)
    assert mirrors_asked(network) == "aabaaa"
    assert len(files_in(cache)) == 4


@downloads
def test_a_silent_network_is_given_up(network, monkeypatch, cache):
    import requests

    timeouts, really_get = [], requests.get

    def get(url, timeout, **options):
        timeouts.append(timeout)
        return really_get(url, timeout=timeout, **options)

    monkeypatch.setattr("requests.get", get)
    monkeypatch.setattr(datafiles, "TIMEOUT", 0.2)
    network.faults = ["silent"] * 2
    with pytest.raises(data.DataError, match="timed out"):
        data.load_cifar10()
    assert timeouts == [0.2, 0.2]
    assert files_in(cache) == set()


@downloads
@pytest.mark.parametrize("kind", LOADERS)
def test_no_network_leaves_nothing_and_the_next_call_recovers(
    kind, network, monkeypatch, cache
):
    with monkeypatch.context() as patch:
        patch.setattr(datafiles, "MIRRORS", mirrors("http://127.0.0.1:9"))
        with pytest.raises(data.DataError) as caught:
            LOADERS[kind]()
    message = str(caught.value)
    assert "could not download" in message and "Connection refused" in message
    assert message.count("http://127.0.0.1:9/a/") == 1
    assert message.count("http://127.0.0.1:9/b/") == (kind != "CIFAR10")
    assert COMMAND.format(KEYS[kind]) in message and "\n" not in message
    assert "SOFTMAXBOOK_DATA" in message and "synthetic" in message
    assert isinstance(caught.value.__cause__, OSError)
    assert files_in(cache) == set()
    assert LOADERS[kind]().train_images.size > 0


@downloads
def test_a_download_with_the_wrong_md5_is_not_kept(network, cache):
    network.faults = ["altered"] * 4
    with pytest.raises(data.DataError, match="does not match the known hash"):
        data.load_mnist()
    assert files_in(cache) == set()
    data.load_mnist()


@downloads
def test_left_overs_of_a_killed_process_are_removed(network, cache):
    left = cache / "MNIST/raw/.softmaxbook-staging-dead"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    data.load_mnist()
    assert not left.exists()


# Several processes ----------------------------------------------------------


def load_elsewhere(folder, official, sources, results, barrier):
    """In another process: load CIFAR-10 of these MD5s from these mirrors."""
    datafiles.MD5, datafiles.MIRRORS = official, sources
    barrier.wait(timeout=900)
    try:
        results.put(data.load_cifar10(folder).train_images[:, 0, 0, 0].tolist())
    except data.DataError as error:
        results.put(str(error))


def start(n, folder, url):
    context = multiprocessing.get_context("spawn")
    results, barrier = context.Queue(), context.Barrier(n)
    arguments = (str(folder), sums(), mirrors(url), results, barrier)
    processes = [
        context.Process(target=load_elsewhere, args=arguments) for _ in range(n)
    ]
    for process in processes:
        process.start()
    return processes, results, barrier  # which must outlive the start


@downloads
def test_three_processes_at_once_download_once(network, tmp_path):
    network.gate.clear()
    processes, results, _barrier = start(3, tmp_path / "d", network.url)
    assert network.half_sent.wait(timeout=900)
    time.sleep(1)  # the others come to the lock
    network.gate.set()
    loaded = [results.get(timeout=900) for _ in processes]
    for process in processes:
        process.join(timeout=600)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert loaded == [list(range(10))] * 3
    assert len(network.urls) == 1


@pytest.mark.parametrize("kind", [pytest.param("MNIST", marks=downloads), "CIFAR10"])
def test_a_process_that_had_to_wait_finds_the_work_done(
    kind, network, monkeypatch, cache
):
    lock, waited = datafiles._staging, []

    def wait(folder):  # meanwhile another process loads the same data
        if not waited:
            waited.append(folder)
            with monkeypatch.context() as patch:
                patch.setattr(datafiles, "_staging", lock)
                LOADERS[kind]()
            network.urls.clear()
        return lock(folder)

    if kind == "CIFAR10":
        fill(cache, kind)
    monkeypatch.setattr(datafiles, "_staging", wait)
    assert LOADERS[kind]().train_images.size > 0
    assert waited and network.urls == []


@downloads
def test_a_killed_process_does_no_harm(network, tmp_path):
    folder, network.faults = tmp_path / "d", ["silent"]
    (process,), *_kept = start(1, folder, network.url)
    assert network.half_sent.wait(timeout=900)
    os.kill(process.pid, signal.SIGKILL)
    process.join(timeout=600)
    assert list(folder.glob(".softmaxbook-staging-*"))
    assert len(data.load_cifar10(folder).train_images) == 10
    assert not list(folder.glob(".softmaxbook-staging-*"))


# Read-only folders ----------------------------------------------------------


@pytest.mark.parametrize("kind", LOADERS)
def test_read_only_source_works_and_is_not_touched(kind, network, read_only, tmp_path):
    folder = read_only(fill(tmp_path / "d", kind))
    before = sorted(folder.rglob("*"))
    for _ in range(2):
        assert LOADERS[kind](folder).train_images.size > 0
    assert sorted(folder.rglob("*")) == before
    assert network.urls == []
    assert files_in(tmp_path / "tmp") == set()


def test_read_only_cifar10_is_unpacked_into_the_cache(
    network, read_only, tmp_path, cache
):
    folder = read_only(fill(tmp_path / "d", "CIFAR10"))
    data.load_cifar10(folder)
    assert files_in(cache) == {f"{BASE}/{name}" for name in cifar_batches()}


@pytest.mark.parametrize("kind", LOADERS)
def test_read_only_folder_without_the_data(kind, network, read_only, tmp_path):
    (tmp_path / "d").mkdir()
    folder = read_only(tmp_path / "d")
    with pytest.raises(data.DataError, match="missing and its folder is read"):
        LOADERS[kind](folder)
    with pytest.raises(data.DataError, match="SOFTMAXBOOK_DATA to a folder"):
        LOADERS[kind](folder / "not" / "there")
    assert list(folder.iterdir()) == [] and network.urls == []


def test_read_only_file_system(network, monkeypatch, tmp_path, cache):
    folder = fill(tmp_path / "d", "CIFAR10")

    def access(place, mode):  # the folder's own mode allows writing
        return Path(place) != folder or mode != os.W_OK

    monkeypatch.setattr("os.access", access)
    data.load_cifar10(folder)
    assert files_in(folder) == {f"{BASE}.tar.xz"}
    assert (cache / BASE).is_dir()


# Damaged files --------------------------------------------------------------


def truncate(content):
    return content[: len(content) // 2]


def alter(content):
    return gzip.compress(gzip.decompress(content) + b"more", mtime=0)


@pytest.mark.parametrize("damage", [truncate, alter, lambda _: b""])
@pytest.mark.parametrize("kind", ["FashionMNIST", "MNIST"])
def test_damaged_archive_is_named_and_kept(damage, kind, network, tmp_path):
    folder = fill(tmp_path / "d", kind)
    path = folder / kind / "raw" / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(damage(path.read_bytes()))
    damaged = path.read_bytes()
    with pytest.raises(data.DataError) as caught:
        LOADERS[kind](folder)
    assert str(path) in str(caught.value)
    assert f"delete it and run {COMMAND.format(KEYS[kind])}" in str(caught.value)
    assert path.read_bytes() == damaged and network.urls == []
    assert files_in(tmp_path / "tmp") == set()
    fill(folder, kind)
    assert LOADERS[kind](folder).test_images.shape == (4, 28, 28)


def spoil(content, position):
    """Bytes from there on changed, so that decompression fails there."""
    rng = np.random.default_rng(0)
    return content[:position] + rng.bytes(len(content) - position)


def wrong_checksum():
    """A tar.gz that ends with its last file and whose CRC is wrong."""
    raw = tar(cifar_batches(), "w").rstrip(b"\0")
    content = gzip.compress(raw + b"\0" * (-len(raw) % 512))
    return content[:-8] + b"\0\0\0\0" + content[-4:]


NOISE = {"data_batch_1": np.random.default_rng(0).bytes(200_000).hex().encode()}
BAD_TARS = {
    "truncated xz": (".xz", truncate(CIFAR_XZ)),
    "truncated gz": (".gz", truncate(CIFAR_GZ)),
    "broken start": (".gz", spoil(CIFAR_GZ, 200)),
    "broken gz": (".gz", spoil(tar(NOISE, "w:gz"), 150_000)),
    "broken xz": (".xz", spoil(tar(NOISE, "w:xz"), 150_000)),
    "wrong checksum": (".gz", wrong_checksum()),
    "no archive": (".xz", b"<html>404</html>"),
    "empty": (".gz", b""),
    "other images": (".xz", tar(cifar_batches(shift=1), "w:xz")),
    "other folder": (".gz", tar(cifar_batches(), "w:gz", folder="x")),
    "escaping": (".gz", tar(cifar_batches(), "w:gz", folder="../x")),
}


@pytest.mark.parametrize("damage", BAD_TARS)
def test_damaged_cifar10_archive(damage, network, tmp_path):
    suffix, content = BAD_TARS[damage]
    folder = tmp_path / "d"
    folder.mkdir()
    name = f"{BASE}.tar.xz" if suffix == ".xz" else "cifar-10-python.tar.gz"
    (folder / name).write_bytes(content)
    with pytest.raises(data.DataError) as caught:
        data.load_cifar10(folder)
    assert str(folder / name) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert f"delete it and run {COMMAND.format('cifar10')}" in str(caught.value)
    assert files_in(tmp_path) == {f"d/{name}"} and network.urls == []
    (folder / name).unlink()
    assert len(data.load_cifar10(fill(folder, "CIFAR10")).train_images) == 10


@pytest.mark.parametrize("file", ["data_batch_3", "batches.meta"])
def test_damaged_cifar10_batch(file, network, tmp_path):
    folder = fill(tmp_path / "d", "CIFAR10")
    data.load_cifar10(folder)
    message = f"{folder / BASE} is truncated or altered .{file}"
    (folder / BASE / file).write_bytes(b"altered")
    with pytest.raises(data.DataError, match=message):
        data.load_cifar10(folder)
    (folder / BASE / file).unlink()
    with pytest.raises(data.DataError, match=message):
        data.load_cifar10(folder)


# Full disks -----------------------------------------------------------------


@downloads
def test_full_disk_while_downloading(network, monkeypatch, cache):
    def half(self, url, output_file, pooch):
        Path(output_file).write_bytes(b"half")
        full_disk()

    with monkeypatch.context() as patch:
        patch.setattr("pooch.HTTPDownloader.__call__", half)
        with pytest.raises(data.DataError) as caught:
            data.load_fashion_mnist()
    message = str(caught.value)
    assert f"the disk of {cache} is full" in message and "31 MB" in message
    assert "SOFTMAXBOOK_DATA" in message and COMMAND.format("fashion_mnist") in message
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert files_in(cache) == set()
    data.load_fashion_mnist()


def test_full_disk_while_unpacking_cifar10(network, monkeypatch, tmp_path):
    folder = fill(tmp_path / "d", "CIFAR10")

    def fail(self, path, filter):
        Path(path, "half").write_bytes(b"half")
        full_disk()

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", fail)
        with pytest.raises(data.DataError, match=r"360 MB.*SOFTMAXBOOK_DATA"):
            data.load_cifar10(folder)
    assert files_in(folder) == {f"{BASE}.tar.xz"}
    data.load_cifar10(folder)


def test_a_full_cache_is_named_where_the_archive_is_unpacked_there(
    network, read_only, monkeypatch, tmp_path, cache
):
    folder = read_only(fill(tmp_path / "d", "CIFAR10"))
    monkeypatch.setattr(tarfile.TarFile, "extractall", full_disk)
    with pytest.raises(data.DataError, match=f"the disk of {cache} is full"):
        data.load_cifar10(folder)


def test_other_errors_of_the_disk_are_explained_too(network, tmp_path):
    path = fill(tmp_path / "d", "MNIST") / "MNIST/raw/train-images-idx3-ubyte.gz"
    path.unlink()
    path.mkdir()
    with pytest.raises(data.DataError, match=r"Is a directory.*train-images.*12 MB"):
        data.load_mnist(tmp_path / "d")


# The stand-in, and no other package ----------------------------------------


@pytest.mark.parametrize(
    ("load", "name", "shape"),
    [
        (data.load_fashion_mnist, "Fashion-MNIST", (60_000, 28, 28)),
        (data.load_mnist, "MNIST", (60_000, 28, 28)),
        (data.load_cifar10, "CIFAR-10", (50_000, 32, 32, 3)),
    ],
)
def test_synthetic_is_explicit_and_says_so(load, name, shape, cache):
    dataset = load("synthetic")
    assert dataset.name == f"synthetic stand-in for {name}"
    assert dataset.synthetic and "synthetic" in str(dataset)
    assert dataset.train_images.shape == shape
    assert len(dataset.class_names) == 10
    assert not cache.exists()


def python(code, *arguments, **environment):
    """Run code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-W", "error", *code, *arguments],
        env={**os.environ, "PYTHONPATH": CODE, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


BLOCKED = """
import json, sys
class Blocker:
    def find_spec(self, name, *_):
        if name.split(".")[0] in {"torch", "torchvision", "pooch", "requests", "tqdm"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocker())
from softmaxbook import data, datafiles
datafiles.MD5 = json.loads(sys.argv[1])
for load in (data.load_fashion_mnist, data.load_mnist, data.load_cifar10):
    print(load())
try:
    data.load_mnist(sys.argv[2])
except data.DataError as error:
    print(error)
"""


def test_reading_needs_neither_torch_nor_the_downloader(tmp_path):
    for kind in LOADERS:
        fill(tmp_path / "d", kind)
    result = python(
        ["-c", BLOCKED],
        json.dumps(sums()),
        str(tmp_path / "empty"),
        SOFTMAXBOOK_DATA=str(tmp_path / "d"),
    )
    assert result.returncode == 0, result.stderr
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "Fashion-MNIST",
        "MNIST",
        "CIFAR-10",
        "downloading needs pooch (pooch is blocked); run `pip install "
        f"pooch[progress]`, then {COMMAND.format('mnist')}",
    ]


# The command ----------------------------------------------------------------


@downloads
def test_main_fetches_all_and_prints_one_line_each(network, capsys, cache):
    assert data.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "Fashion-MNIST",
        "MNIST",
        "CIFAR-10",
    ]
    assert all(str(cache) in line for line in lines)
    assert "train (10, 32, 32, 3)" in lines[2]
    assert len(network.urls) == 9


@downloads
def test_main_fetches_only_what_is_named(network, cache):
    assert data.main(["cifar10"]) == 0
    assert [Path(url).name for url in network.urls] == ["cifar-10-python.tar.gz"]


def test_main_check_downloads_nothing(network, capsys, cache):
    assert data.main(["--check"]) == 1
    missing = f"is missing; run {COMMAND.format('fashion_mnist')}"
    assert missing in capsys.readouterr().err
    assert not cache.exists() and network.urls == []
    fill(cache, "MNIST")
    assert data.main(["--check", "mnist"]) == 0
    assert data.main(["--check", "mnist", "fashion_mnist"]) == 1
    (cache / "MNIST/raw/t10k-labels-idx1-ubyte.gz").write_bytes(b"x")
    assert data.main(["--check", "mnist"]) == 1
    assert network.urls == []


def test_main_says_when_the_data_are_generated(monkeypatch, capsys):
    monkeypatch.setenv(data.VARIABLE, "synthetic")
    assert data.main(["--where"]) == 0
    assert data.main(["mnist"]) == 0
    where, line = capsys.readouterr().out.splitlines()
    assert where == "synthetic" and line.startswith("synthetic stand-in")
    assert data.main(["--check", "mnist"]) == 1


def test_main_where_prints_the_folder_only(capsys, cache):
    assert data.main(["--where"]) == 0
    assert capsys.readouterr().out == f"{cache}\n"
    assert not cache.exists()


def test_main_refuses_unknown_names(capsys):
    with pytest.raises(SystemExit) as caught:
        data.main(["kmnist"])
    assert caught.value.code == 2
    assert "no data set 'kmnist'" in capsys.readouterr().err


def test_command_fails_without_a_traceback(tmp_path):
    command = ["-m", "softmaxbook.data", "--check", "mnist"]
    result = python(command, SOFTMAXBOOK_DATA=str(tmp_path / "empty"))
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


INTERRUPTED = """
import json, runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from softmaxbook import datafiles
datafiles.MD5, datafiles.MIRRORS = map(json.loads, sys.argv[1:3])
sys.argv[1:] = ["cifar10"]
runpy.run_module("softmaxbook.data", run_name="__main__")
"""


@downloads
def test_ctrl_c_is_no_traceback_and_leaves_nothing(network, tmp_path):
    network.faults = ["silent"]
    arguments = [json.dumps(sums()), json.dumps(mirrors(network.url))]
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, *arguments],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([CODE, *sys.path]),
            "SOFTMAXBOOK_DATA": str(tmp_path / "d"),
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    assert network.half_sent.wait(timeout=900)
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=600)[1]
    assert process.returncode == 130
    assert errors.splitlines()[-1].startswith("interrupted; ")
    assert "Traceback" not in errors
    assert files_in(tmp_path / "d") == set()


# Arrays ---------------------------------------------------------------------


@given(st.data(), st.integers(2, 40), st.integers(0, 2**32))
def test_split_is_disjoint_exhaustive_and_keeps_pairs(draw, n, seed):
    n_validation = draw.draw(st.integers(1, n - 1))
    X, labels = np.arange(2 * n).reshape(n, 2), np.arange(n)
    X_train, y_train, X_validation, y_validation = data.train_validation_split(
        X, labels, n_validation, seed
    )
    assert len(X_validation) == len(y_validation) == n_validation
    both = np.concatenate([y_train, y_validation])
    assert sorted(both.tolist()) == list(range(n))
    np.testing.assert_array_equal(X_train[:, 0], 2 * y_train)
    np.testing.assert_array_equal(X_validation[:, 0], 2 * y_validation)


def test_split_is_the_permutation_of_the_seed():
    order = np.random.default_rng(5).permutation(10)
    y = np.arange(10)
    _, y_train, _, y_validation = data.train_validation_split(y, y, 3, 5)
    assert sorted(y_validation) == sorted(order[:3])
    np.testing.assert_array_equal(y_train, order[3:])


@pytest.mark.parametrize("n_validation", [0, 10, 11, -1])
def test_split_refuses_bad_sizes(n_validation):
    y = np.arange(10)
    with pytest.raises(ValueError, match="n_validation must be from 1 to 9"):
        data.train_validation_split(y, y, n_validation, seed=0)


def test_split_refuses_other_lengths_and_fractions():
    y = np.arange(10)
    with pytest.raises(ValueError, match="X has 9 examples but labels has"):
        data.train_validation_split(y[1:], y, 2, seed=0)
    with pytest.raises(TypeError):
        data.train_validation_split(y, y, 0.2, seed=0)


def test_flatten_images_by_hand():
    images = np.array([[[0, 51], [102, 255]]], dtype=np.uint8)
    X = data.flatten_images(images)
    assert X.dtype == np.float32 and X.flags.c_contiguous
    np.testing.assert_array_equal(X, np.float32([[0, 0.2, 0.4, 1]]))


def test_flatten_images_of_other_layouts():
    images = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    turned = images.transpose(0, 2, 1, 3)
    X = data.flatten_images(turned)
    assert X.shape == (2, 36) and X.flags.c_contiguous
    np.testing.assert_array_equal(X, (turned.reshape(2, -1) / 255).astype(np.float32))
    assert data.flatten_images(images[:0]).shape == (0, 36)
    columns = np.asfortranarray(images[0, 0])
    assert data.flatten_images(columns).flags.c_contiguous


def test_flatten_images_refuses_other_types_and_ranks():
    with pytest.raises(TypeError, match="must be uint8, got float64"):
        data.flatten_images(np.zeros((2, 3, 3)))
    with pytest.raises(ValueError, match=r"must be \(n, ...\), got \(4,\)"):
        data.flatten_images(np.zeros(4, dtype=np.uint8))


# The genuine files ----------------------------------------------------------

MNIST_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
GENUINE = [
    ("fashion_mnist", (60_000, 28, 28), [6000] * 10, [9, 0, 0, 3, 0]),
    ("mnist", (60_000, 28, 28), MNIST_COUNTS, [5, 0, 4, 1, 9]),
    ("cifar10", (50_000, 32, 32, 3), [5000] * 10, [6, 9, 9, 4, 1]),
]


@pytest.mark.skipif(
    CHOSEN in (None, "", data.SYNTHETIC),
    reason=f"{data.VARIABLE} names no folder with the genuine files",
)
@pytest.mark.parametrize(("key", "shape", "counts", "first"), GENUINE)
def test_genuine_files(monkeypatch, key, shape, counts, first):
    monkeypatch.undo()  # the reader's own variable and cache
    try:
        dataset = data._load(key, root=None, download=False)
    except data.DataError as error:
        if "is missing" not in str(error):
            raise
        pytest.skip(str(error))
    assert dataset.train_images.shape == shape
    assert dataset.test_images.shape == (10_000, *shape[1:])
    assert np.bincount(dataset.train_labels).tolist() == counts
    assert dataset.train_labels[:5].tolist() == first
    if key != "mnist":
        assert np.bincount(dataset.test_labels).tolist() == [1000] * 10
    if key == "cifar10":
        batches = data.data_folder() / BASE
        if not batches.is_dir():
            batches = datafiles.user_cache_path("softmaxbook") / BASE
        meta = pickle.loads((batches / "batches.meta").read_bytes())
        assert list(dataset.class_names) == meta["label_names"]
