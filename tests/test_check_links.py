"""Links to other sites: what counts as broken, and where it is said to be."""

import json
import subprocess
import sys

import pytest
from built_site import ROOT

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import check_links

GONE = "404 Client Error: Not Found for url: https://a.example/"
ROBOT = "403 Client Error: Forbidden for url: https://doi.org/10.1000/403"
NO_HOST = "HTTPSConnectionPool(host='a.example', port=403): failed to resolve"


def linkcheck(monkeypatch, tmp_path, *links, status=1):
    """Let Sphinx seem to have found links, as (status, info), and end so."""

    def build(python, root, folder, builder):
        assert builder == "linkcheck"
        if links:
            report = folder / builder / "output.json"
            report.parent.mkdir(parents=True)
            lines = (
                {"filename": "a.md", "lineno": n, "uri": "u", "status": s, "info": i}
                for n, (s, i) in enumerate(links, start=1)
            )
            report.write_text("".join(json.dumps(x) + "\n" for x in lines), "utf-8")
        if status:
            raise subprocess.CalledProcessError(status, "sphinx")

    monkeypatch.setattr(check_links, "BUILD", tmp_path)
    monkeypatch.setattr(check_links, "write_configuration", lambda *_: None)
    monkeypatch.setattr(check_links, "build", build)
    return check_links.main()


@pytest.mark.parametrize("info", [GONE, NO_HOST])
def test_a_broken_link_is_named_with_its_place(monkeypatch, tmp_path, capsys, info):
    links = [("working", ""), ("broken", info), ("broken", ROBOT)]
    assert linkcheck(monkeypatch, tmp_path, *links) == "1 links lead nowhere."
    said = capsys.readouterr().out.splitlines()
    assert said == [f"a.md:2: u: {info}", "1 links were not shown to a program."]


def test_a_refusal_is_not_a_broken_link(monkeypatch, tmp_path, capsys):
    links = [("redirected", "403 "), ("broken", ROBOT), ("unchecked", "")]
    assert linkcheck(monkeypatch, tmp_path, *links) == 0
    assert capsys.readouterr().out == "1 links were not shown to a program.\n"


def test_working_links_are_success(monkeypatch, tmp_path):
    assert linkcheck(monkeypatch, tmp_path, ("working", ""), status=0) == 0


def test_a_book_that_cannot_be_read_is_not_success(monkeypatch, tmp_path):
    assert "could not read the book" in linkcheck(monkeypatch, tmp_path)
