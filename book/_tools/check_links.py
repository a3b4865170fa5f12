"""Ask every site that the book links to whether the page is still there.

    python book/_tools/check_links.py

Sphinx's linkcheck asks. A site that refuses to answer a program, as many
publishers do behind a DOI, says nothing about its page, and is only counted.
"""

import json
import re
import subprocess
import sys

from plain_sphinx import BUILD, ROOT, build, write_configuration

REFUSED = re.compile(r"(401|403|405|406|418|429|999) ")


def read_report(path):
    """The links of linkcheck's output.json: those broken, those refused."""
    links = map(json.loads, path.read_text("utf-8").splitlines())
    broken = [link for link in links if link["status"] == "broken"]
    refused = [link for link in broken if REFUSED.match(link["info"])]
    return [link for link in broken if link not in refused], refused


def main():
    folder = BUILD / "links"
    write_configuration(ROOT, folder)
    try:
        build(sys.executable, ROOT, folder, "linkcheck")
    except subprocess.CalledProcessError:
        pass  # a broken link is a warning, and a warning an error
    report = folder / "linkcheck" / "output.json"
    if not report.is_file():
        return "Sphinx could not read the book; see above."
    broken, refused = read_report(report)
    for link in broken:
        print("{filename}:{lineno}: {uri}: {info}".format_map(link))
    print(f"{len(refused)} links were not shown to a program.")
    return f"{len(broken)} links lead nowhere." if broken else 0


if __name__ == "__main__":
    sys.exit(main())
