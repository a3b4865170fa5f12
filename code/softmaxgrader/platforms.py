"""How learning platforms name the submissions that they export.

Sources: Moodle's mod/assign/classes/downloader.php, Canvas's
lib/content_zipper.rb; Blackboard and Gradescope by what tools for their
exports expect.
"""

import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from softmaxgrader.errors import GradingError

METADATA = "submission_metadata.yml"  # Gradescope's list of submitters
LARGEST = 2 * 2**30  # bytes of an unpacked export
NAMES = {
    # Ada Lovelace_1234_assignsubmission_file[_][1_softmax.ipynb]
    "Moodle": r"(?P<person>.+)_(?P<number>\d+)_assignsubmission_file.*",
    # Title_ada_attempt_2026-03-01-12-30-59_1_softmax.ipynb
    "Blackboard": r".+_(?P<student>[^_]+)_attempt_\d{4}(-\d\d){5}.*",
    # [LATE_]anon_x7Gk2_56789_1_softmax.ipynb
    "Canvas, anonymous": r"(LATE_)?(?P<number>anon_\w+?)_\d{3,}_.+\.\w+",
    # lovelaceada_[LATE_]1234_56789_1_softmax.ipynb
    "Canvas": r"(?P<person>\w+?)_(LATE_)?(?P<number>\d+)_\d{3,}_.+\.\w+",
    # submission_123456789/1_softmax.ipynb
    "Gradescope": r"submission_(?P<number>\d+)",
}


@dataclass(frozen=True)
class PlatformName:
    """What a platform's name for a submission tells."""

    platform: str
    number: str = ""  # that the platform has given to the student
    person: str = ""
    student: str = ""  # id by which the student logs in


def read_name(name):
    """The PlatformName that a folder or file has, None if it has none."""
    for platform, pattern in NAMES.items():
        if match := re.fullmatch(pattern, name):
            return PlatformName(platform, **match.groupdict())


def read_submitters(folder):
    """Names on Gradescope by name of the submission, from its list."""
    path, found = Path(folder, METADATA), {}
    if not path.is_file():
        return found
    try:
        for name, entry in yaml.safe_load(path.read_text("utf-8")).items():
            first = entry[":submitters"][0]
            found[name] = PlatformName(
                "Gradescope",
                number=name.rpartition("_")[2],
                person=str(first.get(":name") or ""),
                student=str(first.get(":sid") or first.get(":email") or ""),
            )
    except (yaml.YAMLError, LookupError, TypeError, AttributeError) as error:
        raise GradingError(
            f"{path} is no list of submissions from Gradescope: {error}"
        ) from error
    return found


def unpack(archive, folder):
    """Unpack a zip file into a folder; return where the submissions are.

    What the folder held is removed. Raises GradingError for what is no zip
    file, or too large.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as content:
            size = sum(entry.file_size for entry in content.infolist())
            if size <= LARGEST:
                content.extractall(folder)  # never outside the folder
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise GradingError(f"{archive} cannot be unpacked: {error}") from error
    if size > LARGEST:
        raise GradingError(
            f"{archive} holds {size / 2**30:.1f} GiB, more than "
            f"{LARGEST / 2**30:g}: unpack it yourself"
        )
    inside = [p for p in Path(folder).iterdir() if p.name != "__MACOSX"]
    if len(inside) == 1 and inside[0].is_dir():
        return Path(folder) if read_name(inside[0].name) else inside[0]
    return Path(folder)
