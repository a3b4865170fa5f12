"""The loaders, on tiny files and a fake downloader: never the network."""

import errno
import gzip
import io
import multiprocessing
import os
import pickle
import signal
import socket
import subprocess
import sys
import tarfile
import time
from hashlib import md5
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softmaxbook import data

CHOSEN = os.environ.get(data.VARIABLE)
CODE = str(Path(data.__file__).parents[1])
BASE = "cifar-10-batches-py"
LOADERS = {
    "FashionMNIST": data.load_fashion_mnist,
    "MNIST": data.load_mnist,
    "CIFAR10": data.load_cifar10,
}


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
    """Seven pickles; image i of the data set is red i, green 100, blue 0."""
    batches = {"batches.meta": {"label_names": list("abcdefghij")}}
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    for b, name in enumerate(names):
        rows = np.zeros((2, 3, 1024), dtype=np.uint8)
        rows[:, 0] = np.array([[2 * b], [2 * b + 1]]) + shift
        rows[:, 1] = 100
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


def patch_torchvision(setattr_=setattr):
    """Let torchvision expect the MD5s of the tiny files."""
    from torchvision import datasets

    for kind, first in (("FashionMNIST", 10), ("MNIST", 50)):
        sums = [(n, digest(c)) for n, c in mnist_files(first).items()]
        setattr_(getattr(datasets, kind), "resources", sums)
    batches = {n: digest(c) for n, c in cifar_batches().items()}
    cifar = datasets.CIFAR10
    meta = {**cifar.meta, "md5": batches.pop("batches.meta")}
    pairs = sorted(batches.items())
    setattr_(cifar, "meta", meta)
    setattr_(cifar, "train_list", pairs[:5])
    setattr_(cifar, "test_list", pairs[5:])
    setattr_(cifar, "tgz_md5", digest(CIFAR_GZ))


class FakeNetwork:
    """Stands in for torchvision's download_url and counts its calls."""

    def __init__(self):
        self.urls, self.timeouts, self.failures = [], [], []

    def __call__(self, url, root, filename=None, md5=None):
        self.urls.append(url)
        self.timeouts.append(socket.getdefaulttimeout())
        content = content_of(url)
        if self.failures:
            Path(root, filename).write_bytes(content[: len(content) // 2])
            raise self.failures.pop(0)
        Path(root, filename).write_bytes(content)
        assert digest(content) == md5


def content_of(url):
    name = url.rsplit("/", 1)[1]
    if name == "cifar-10-python.tar.gz":
        return CIFAR_GZ
    kind = "FashionMNIST" if "fashion" in url else "MNIST"
    return official_files()[f"{kind}/raw/{name}"]


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


def full_disk():
    return OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    """No variable, an empty user cache, and a temporary folder to watch."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.delenv(data.VARIABLE, raising=False)
    monkeypatch.setattr(data, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def network(monkeypatch):
    """The tiny files are official, and this is where they come from."""
    patch_torchvision(monkeypatch.setattr)
    fake = FakeNetwork()
    monkeypatch.setattr("torchvision.datasets.utils.download_url", fake)
    return fake


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


@pytest.mark.parametrize("root", [3, b"folder", ["folder"], True, ""])
def test_wrong_type_of_root(root):
    with pytest.raises(TypeError, match="root must be the path of a folder"):
        data.load_mnist(root)


def test_file_instead_of_folder(monkeypatch, tmp_path):
    path = tmp_path / "file"
    path.write_text("no folder")
    with pytest.raises(data.DataError, match=f"root must.*{path} is a file"):
        data.load_mnist(path)
    monkeypatch.setenv(data.VARIABLE, str(path))
    with pytest.raises(data.DataError, match=f"^{data.VARIABLE}.*make data"):
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
    assert network.urls == []


def test_cifar10_gives_the_images_of_the_archive(network, tmp_path):
    dataset = data.load_cifar10(fill(tmp_path / "d", "CIFAR10"))
    assert dataset.train_images.shape == (10, 32, 32, 3)
    assert dataset.train_images.dtype == np.uint8
    assert dataset.train_images.flags.c_contiguous
    assert dataset.train_images[7, 4, 4].tolist() == [7, 100, 0]
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
    from torchvision.datasets import MNIST, FashionMNIST

    names = {key: entry[1] for key, entry in data.SETS.items()}
    fashion = [c.lower().removesuffix("/top") for c in FashionMNIST.classes]
    assert [c.lower() for c in names["fashion_mnist"]] == fashion
    assert list(names["mnist"]) == [c[0] for c in MNIST.classes]


@pytest.mark.parametrize("kind", LOADERS)
def test_variable_and_cache_are_used(kind, network, monkeypatch, tmp_path):
    fill(tmp_path / "cache", kind)
    assert len(LOADERS[kind]().test_images) > 0
    monkeypatch.setenv(data.VARIABLE, str(fill(tmp_path / "named", kind)))
    (tmp_path / "cache").rename(tmp_path / "gone")
    assert len(LOADERS[kind]().test_images) > 0
    assert network.urls == []


# Downloads ------------------------------------------------------------------


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


def test_only_the_missing_archive_is_downloaded(network, cache):
    fill(cache, "MNIST")
    (cache / "MNIST/raw/t10k-labels-idx1-ubyte.gz").unlink()
    data.load_mnist()
    assert [Path(url).name for url in network.urls] == ["t10k-labels-idx1-ubyte.gz"]


def test_next_mirror_is_tried(network, cache):
    network.failures = [URLError("first mirror is down")]
    assert data.load_mnist().train_images.shape == (6, 28, 28)
    hosts = [url.rsplit("/", 1)[0] for url in network.urls]
    assert len(hosts) == 5 and hosts[0] == hosts[2] != hosts[1]


def test_a_silent_network_is_given_up_and_the_timeout_restored(network):
    socket.setdefaulttimeout(7)
    try:
        data.load_mnist()
        assert set(network.timeouts) == {data.TIMEOUT}
        assert socket.getdefaulttimeout() == 7
        network.failures = [TimeoutError("timed out")]
        with pytest.raises(data.DataError, match="timed out"):
            data.load_cifar10()
        assert socket.getdefaulttimeout() == 7
    finally:
        socket.setdefaulttimeout(None)


@pytest.mark.parametrize("kind", LOADERS)
def test_no_network_leaves_nothing_and_the_next_call_recovers(kind, network, cache):
    network.failures = [URLError("name resolution"), URLError("unreachable")]
    if kind != "MNIST":  # the only one with a second mirror
        network.failures.pop()
    with pytest.raises(data.DataError) as caught:
        LOADERS[kind]()
    message = str(caught.value)
    assert "could not download" in message and "name resolution" in message
    assert network.urls[0] in message and "make data" in message
    assert "SOFTMAXBOOK_DATA" in message and "synthetic" in message
    assert isinstance(caught.value.__cause__, URLError)
    assert files_in(cache) == set()
    assert LOADERS[kind]().train_images.size > 0


def test_a_download_with_the_wrong_md5_is_not_kept(network, cache):
    network.failures = [RuntimeError("File not found or corrupted.")] * 2
    with pytest.raises(data.DataError, match="corrupted"):
        data.load_mnist()
    assert files_in(cache) == set()
    data.load_mnist()


def test_left_overs_of_a_killed_process_are_removed(network, cache):
    left = cache / "MNIST/raw/.softmaxbook-staging-dead"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    data.load_mnist()
    assert not left.exists()


# Several processes ----------------------------------------------------------


def load_elsewhere(folder, log, seconds, results, barrier):
    """In another process: load CIFAR-10 over a slow network."""
    from torchvision.datasets import utils

    patch_torchvision()

    def slow(url, root, filename, md5):
        with open(log, "a") as file:
            file.write("download\n")
        target = Path(root, filename)
        target.write_bytes(CIFAR_GZ[:100])
        time.sleep(seconds)
        target.write_bytes(CIFAR_GZ)

    utils.download_url = slow
    barrier.wait(timeout=900)
    results.put(data.load_cifar10(folder).train_images[:, 0, 0, 0].tolist())


def start(n, folder, log, seconds):
    context = multiprocessing.get_context("spawn")
    results, barrier = context.Queue(), context.Barrier(n)
    arguments = (str(folder), str(log), seconds, results, barrier)
    processes = [
        context.Process(target=load_elsewhere, args=arguments) for _ in range(n)
    ]
    for process in processes:
        process.start()
    return processes, results, barrier  # which must outlive the start


def test_three_processes_at_once_download_once(tmp_path):
    log = tmp_path / "log"
    processes, results, _barrier = start(3, tmp_path / "d", log, seconds=1)
    loaded = [results.get(timeout=900) for _ in processes]
    for process in processes:
        process.join(timeout=600)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert loaded == [list(range(10))] * 3
    assert log.read_text() == "download\n"


@pytest.mark.parametrize("kind", ["MNIST", "CIFAR10"])
def test_a_process_that_had_to_wait_finds_the_work_done(
    kind, network, monkeypatch, cache
):
    lock, waited = data._staging, []

    def wait(folder):  # meanwhile another process loads the same data
        if not waited:
            waited.append(folder)
            with monkeypatch.context() as patch:
                patch.setattr(data, "_staging", lock)
                LOADERS[kind]()
            network.urls.clear()
        return lock(folder)

    if kind == "CIFAR10":
        fill(cache, kind)
    monkeypatch.setattr(data, "_staging", wait)
    assert LOADERS[kind]().train_images.size > 0
    assert waited and network.urls == []


def test_a_killed_process_does_no_harm(network, tmp_path):
    folder, log = tmp_path / "d", tmp_path / "log"
    (process,), *_kept = start(1, folder, log, seconds=3600)
    deadline = time.monotonic() + 900
    while not list(folder.glob(".softmaxbook-staging-*/*")):
        assert time.monotonic() < deadline and process.is_alive()
        time.sleep(0.05)
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


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_read_only_file_system(code, network, monkeypatch, tmp_path, cache):
    folder = fill(tmp_path / "d", "CIFAR10")

    def refuse(dir):
        if Path(dir) == folder:
            raise OSError(code, os.strerror(code))
        return io.BytesIO()

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
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
    assert "delete it and run `make data`" in str(caught.value)
    assert path.read_bytes() == damaged and network.urls == []
    assert files_in(tmp_path / "tmp") == set()
    path.unlink()
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
    assert "delete it and run `make data`" in str(caught.value)
    assert files_in(tmp_path) == {f"d/{name}"} and network.urls == []
    (folder / name).unlink()
    assert len(data.load_cifar10(folder).train_images) == 10


@pytest.mark.parametrize("file", ["data_batch_3", "batches.meta"])
def test_damaged_cifar10_batch(file, network, tmp_path):
    folder = fill(tmp_path / "d", "CIFAR10")
    data.load_cifar10(folder)
    (folder / BASE / file).write_bytes(b"altered")
    message = f"{folder / BASE} is truncated or altered .{file}"
    with pytest.raises(data.DataError, match=message):
        data.load_cifar10(folder)


# Full disks -----------------------------------------------------------------


def test_full_disk_while_downloading(network, cache):
    network.failures = [full_disk()]
    with pytest.raises(data.DataError) as caught:
        data.load_fashion_mnist()
    message = str(caught.value)
    assert f"the disk of {cache} is full" in message and "31 MB" in message
    assert "SOFTMAXBOOK_DATA" in message and "make data" in message
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert files_in(cache) == set()
    data.load_fashion_mnist()


def test_full_disk_hidden_behind_the_second_try_over_http(network):
    hidden = URLError("http is blocked")
    hidden.__context__ = full_disk()
    network.failures = [hidden]
    with pytest.raises(data.DataError, match="is full"):
        data.load_cifar10()


def test_full_temporary_folder(network, monkeypatch, tmp_path):
    folder = fill(tmp_path / "d", "MNIST")

    def fail(source, destination):
        Path(destination, "half").write_bytes(b"half")
        raise full_disk()

    with monkeypatch.context() as patch:
        patch.setattr("torchvision.datasets.utils.extract_archive", fail)
        with pytest.raises(data.DataError) as caught:
            data.load_mnist(folder)
    place = tmp_path / "tmp"
    assert f"the disk of {place} is full" in str(caught.value)
    assert "60 MB" in str(caught.value) and "TMPDIR" in str(caught.value)
    assert files_in(place) == set()
    data.load_mnist(folder)


def test_full_disk_while_unpacking_cifar10(network, monkeypatch, tmp_path):
    folder = fill(tmp_path / "d", "CIFAR10")

    def fail(self, path, filter):
        Path(path, "half").write_bytes(b"half")
        raise full_disk()

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", fail)
        with pytest.raises(data.DataError, match=r"190 MB.*SOFTMAXBOOK_DATA"):
            data.load_cifar10(folder)
    assert files_in(folder) == {f"{BASE}.tar.xz"}
    data.load_cifar10(folder)


def test_other_errors_of_the_disk_are_explained_too(network, monkeypatch, tmp_path):
    def fail(path, md5):
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr("torchvision.datasets.utils.check_integrity", fail)
    with pytest.raises(data.DataError, match=r"Input/output.*train-images"):
        data.load_mnist(fill(tmp_path / "d", "MNIST"))


# The stand-in, and no torch -------------------------------------------------


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


def test_without_torch_only_reading_fails():
    code = """
import sys
class Blocker:
    def find_spec(self, name, *_):
        if name.split(".")[0] in ("torch", "torchvision"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocker())
from softmaxbook import data
print(data.load_mnist("synthetic"))
try:
    data.load_mnist(".")
except data.DataError as error:
    print(error, "|", error.__cause__)
"""
    result = python(["-c", code])
    assert result.returncode == 0, result.stderr
    first, second = result.stdout.splitlines()
    assert first.startswith("synthetic stand-in for MNIST")
    assert "pip install torchvision" in second
    assert second.endswith("torchvision is blocked")


def test_import_does_not_load_torch():
    code = "import sys, softmaxbook.data; print('torch' in sys.modules)"
    assert python(["-c", code]).stdout == "False\n"


# The command ----------------------------------------------------------------


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


def test_main_fetches_only_what_is_named(network, cache):
    assert data.main(["cifar10"]) == 0
    assert [Path(url).name for url in network.urls] == ["cifar-10-python.tar.gz"]


def test_main_check_downloads_nothing(network, capsys, cache):
    assert data.main(["--check"]) == 1
    assert "is missing; run `make data`" in capsys.readouterr().err
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
        from torchvision.datasets import CIFAR10

        batches = data.data_folder() / CIFAR10.base_folder
        if not batches.is_dir():
            batches = data.user_cache_path("softmaxbook") / batches.name
        meta = pickle.loads((batches / "batches.meta").read_bytes())
        assert list(dataset.class_names) == meta["label_names"]
