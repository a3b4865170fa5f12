"""The files of the data sets: found, fetched, verified, unpacked.

They lie in one folder in the layout of torchvision, so that its own data
sets find the same files.  No byte is used before its MD5 is compared with
that of the official file, which md5sums.txt has.
"""

import errno
import gzip
import os
import shutil
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import md5
from lzma import LZMAError
from pathlib import Path
from zlib import error as ZlibError

from filelock import FileLock
from platformdirs import user_cache_path

VARIABLE = "SOFTMAXBOOK_DATA"
SYNTHETIC = "synthetic"
TIMEOUT = 20  # seconds without an answer before a download is given up
CIFAR10 = "cifar-10-batches-py"
MIRRORS = {
    "FashionMNIST/raw": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
        "master/data/fashion/",
    ),
    "MNIST/raw": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "": ("https://www.cs.toronto.edu/~kriz/",),
}
SUMS = Path(__file__).with_name("md5sums.txt").read_text("ascii")
MD5 = dict(reversed(line.split()) for line in SUMS.splitlines())
DAMAGE = (tarfile.TarError, EOFError, gzip.BadGzipFile, ZlibError, LZMAError)


class DataError(RuntimeError):
    """A data set cannot be had; the message says what to do about it."""


def data_folder(root=None):
    """The one folder where the data are; None means generated images.

    The argument, else the environment variable SOFTMAXBOOK_DATA, else
    the user's cache folder. The folder need not exist yet.
    Raises TypeError if root is no path, DataError if it is a file.
    """
    origin = VARIABLE if root is None else "root"
    if root is None:
        root = os.environ.get(VARIABLE) or user_cache_path("softmaxbook")
    if not isinstance(root, (str, os.PathLike)) or root == "":
        raise TypeError(f"root must be the path of a folder, got {root!r}")
    if str(root).casefold() == SYNTHETIC:
        return None
    folder = Path(root).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{origin} must name a folder, but {folder} is a file")
    return folder


@dataclass(frozen=True)
class DataFiles:
    """The files of one data set; their names are those of md5sums.txt.

    key: its name on the command line; folder: a Path; megabytes: what it
    needs on the disk; download: whether missing files are fetched.
    Every method raises DataError for files that cannot be had.
    """

    key: str
    folder: Path
    megabytes: int
    download: bool

    def idx(self, name):
        """Bytes of an IDX file, which may lie there packed or unpacked."""
        unpacked, packed = self.folder / name, self.folder / f"{name}.gz"
        if unpacked.exists() and not packed.exists():
            return self.read(name)
        self.fetch(f"{name}.gz")
        return gzip.decompress(self.read(f"{name}.gz"))

    def read(self, name, culprit=None):
        """Bytes of an official file; culprit: what to delete if it is not."""
        path = self.folder / name
        content = path.read_bytes() if path.exists() else b""
        if md5(content, usedforsecurity=False).hexdigest() != MD5[name]:
            reason = f"{path.name} is not the official file"
            raise self._damaged(culprit or path, reason)
        return content

    def fetch(self, name):
        """Download a file unless it exists; it arrives whole or not at all."""
        path = self.folder / name
        if path.exists():
            return path
        if not self.download:
            raise self._error(f"{path} is missing", "run")
        if not _is_writable(path.parent):
            raise self._error(
                f"{path} is missing and its folder is read-only",
                f"set {VARIABLE} to a folder you can write to and run",
            )
        with _staging(path.parent) as staging:
            if not path.exists():  # no other process was quicker
                self._download(name, staging)
                os.replace(staging / path.name, path)
        return path

    def _download(self, name, staging):
        """Let pooch fetch and verify a file, trying each mirror twice."""
        try:  # here, because reading needs neither
            import pooch
            from requests import RequestException
        except ImportError as error:
            raise self._error(
                f"downloading needs pooch ({error})",
                "run `pip install pooch[progress]`, then",
            ) from error
        folder, file = os.path.split(name)
        known = {file: f"md5:{MD5[name]}"}
        http = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT)
        failures = {}
        for url in MIRRORS[folder]:
            mirror = pooch.create(
                staging, url, registry=known, retry_if_failed=1
            )
            try:
                return mirror.fetch(file, downloader=http)
            except (RequestException, ValueError) as error:
                failures[url + file] = error
        tried = "; ".join(f"{url}: {why}" for url, why in failures.items())
        raise self._error(
            f"could not download {file} (tried {tried})",
            f"set {VARIABLE} to a folder that has the file, or to {SYNTHETIC} "
            "for generated images, or when there is a network run",
        ) from failures.popitem()[1]

    def cifar10(self):
        """The files of CIFAR-10, unpacked once, and where they then are.

        Beside the archive, or where that is read-only in the user's cache.
        """
        if (self.folder / CIFAR10).is_dir():
            return self
        archive = self.folder / f"{CIFAR10}.tar.xz"
        if not archive.exists():
            archive = self.fetch("cifar-10-python.tar.gz")
        if _is_writable(self.folder):
            return self._unpack(archive)
        cache = replace(self, folder=user_cache_path("softmaxbook"))
        return cache._unpack(archive)

    def _unpack(self, archive):
        """Unpack an archive of CIFAR-10, verified, by one rename."""
        batches = self.folder / CIFAR10
        if batches.is_dir():
            return self
        with self.disk_errors(), _staging(self.folder) as staging:
            if batches.is_dir():  # another process was quicker
                return self
            try:
                with tarfile.open(archive) as tar:
                    tar.extractall(staging, filter="data")
            except DAMAGE as error:
                raise self._damaged(
                    archive, "it cannot be unpacked"
                ) from error
            for name in cifar10_names():
                replace(self, folder=staging).read(name, culprit=archive)
            os.rename(staging / CIFAR10, batches)
        return self

    def _damaged(self, path, reason):
        """The error for a file that is not what it should be."""
        problem = f"{path} is truncated or altered ({reason})"
        return self._error(problem, "delete it and run")

    def _error(self, problem, advice):
        """An error that names the command that fetches this data set."""
        command = f"`python -m softmaxbook.data {self.key}`"
        return DataError(f"{problem}; {advice} {command}")

    @contextmanager
    def disk_errors(self):
        """Turn errors of the disk into a DataError that says what to do."""
        try:
            yield
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            problem = f"the disk of {self.folder} is full" if full else error
            raise self._error(
                f"{problem}; about {self.megabytes} MB are needed in "
                f"{self.folder}",
                f"make room or set {VARIABLE} to another folder, then run",
            ) from error


def cifar10_names():
    """Names of the seven files of CIFAR-10: train, test, class names."""
    return [name for name in MD5 if name.startswith(CIFAR10)]


@contextmanager
def _staging(folder):
    """A temporary directory in folder, for one process at a time.

    Directories left by a process that was killed are removed first.
    """
    prefix = ".softmaxbook-staging-"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".softmaxbook.lock"):
        for stale in folder.glob(f"{prefix}*"):
            shutil.rmtree(stale)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=folder) as name:
            yield Path(name)


def _is_writable(folder):
    """Whether files can be made in folder, or where it would be made.

    Its mode is asked too: that does not stop root, but root should stop.
    """
    place = next(p for p in (folder, *folder.parents) if p.exists())
    return bool(place.stat().st_mode & 0o222) and os.access(place, os.W_OK)
