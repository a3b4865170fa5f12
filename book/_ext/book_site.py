"""What the theme does not do by itself: a lean page, and honest links.

- Drops scripts that no page of this book uses (Thebe, and the 1.5 MB script
  of Font Awesome; of its web fonts ``icon_subset`` keeps what is shown).
- Lets the download button download.
- Mends what checkers of HTML and of accessibility find in the text.
- Shows launch, edit and issue buttons only when the address of the
  repository is known, from CI's environment or from the git remote.
"""

import os
import re
import subprocess
from pathlib import Path

from docutils import nodes

REPEATED_IDS = ("proof", "proof-content", "exercise-content", "solution-content")
UNUSED = ("thebe", "THEBE", "design-tabs.js", "togglebutton")
FONT_AWESOME = re.compile(
    r'<script\b[^>]* src="[^"]*/fontawesome\.js[^"]*"[^>]*></script>'
)
DOWNLOAD = re.compile(
    r'<a href="(?P<url>[^"]*/(?:_sources|notebooks)/[^"]*/(?P<name>[^"/]+))"'
    r"(?! download)"
    r'(?P<middle>[^>]*btn-download-source-button[^>]*?) title="[^"]*"'
)
DOWNLOAD_TITLE = (
    "Download this page as {name}. If your browser shows it "
    "instead, save it (Ctrl-S or Cmd-S) under this name."
)
REMOTE = re.compile(
    r"^(?:https://|ssh://git@|git@)(github\.com|gitlab\.com)[/:]"
    r"([\w.-]+)/([\w.-]+?)(?:\.git)?/?$"
)

PAGES = re.compile(r"https://(github|gitlab)\.com/([\w-]+)/([\w.-]+)$")


def repository_address(environ=os.environ, folder="."):
    """``https://github.com/owner/name`` of this repository, or ``None``."""
    if environ.get("GITHUB_REPOSITORY"):
        server = environ.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{environ['GITHUB_REPOSITORY']}"
    try:
        asked = subprocess.run(
            ["git", "remote", "get-url", "origin"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:  # no git, such as in an unpacked archive
        return None
    match = REMOTE.match(asked.stdout.strip())
    return "https://{}/{}/{}".format(*match.groups()) if match else None


def site_address(environ=os.environ, folder="."):
    """Where the site is published, with a slash at the end, or ``None``."""
    if environ.get("BOOK_URL"):
        return environ["BOOK_URL"].rstrip("/") + "/"
    match = PAGES.match(repository_address(environ, folder) or "")
    if match is None:
        return None
    host, owner, name = match.groups()
    pages = f"https://{owner.lower()}.{host}.io/"
    return pages if pages == f"https://{name.lower()}/" else f"{pages}{name}/"


def add_repository(app, config):
    address = repository_address(folder=app.confdir)
    if address is None:
        return
    config.html_theme_options.update(
        repository_url=address,
        repository_branch=os.environ.get("BOOK_BRANCH", "main"),
        use_repository_button=True,
        use_issues_button=True,
        use_edit_page_button=True,
        launch_buttons={
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
        },
    )
    if "github.com" in address:
        config.html_theme_options["launch_buttons"]["colab_url"] = (
            "https://colab.research.google.com"
        )


def drop_unused_files(app, pagename, templatename, context, doctree):
    def is_used(file):
        name = str(getattr(file, "filename", file) or "")
        body = getattr(file, "attributes", {}).get("body") or ""
        return not any(word in name + body for word in UNUSED)

    for kind in ("script_files", "css_files"):
        context[kind] = list(filter(is_used, context[kind]))


def drop_repeated_ids(app, doctree, docname):
    """sphinx-proof and sphinx-exercise give all their boxes the same ids."""
    for box in doctree.findall(nodes.Element):
        if box.children and isinstance(box[0], nodes.title):
            continue  # a section of the text, whose name this may be
        if isinstance(box, nodes.section | nodes.admonition):
            box["ids"] = [i for i in box["ids"] if i not in REPEATED_IDS]


def mend_roles(app, pagename, templatename, context, doctree):
    """docutils puts entries of a list, with a role that is not allowed."""
    if "body" in context:
        context["body"] = context["body"].replace(
            'role="doc-biblioentry"', 'role="listitem"'
        )


def let_download(match):
    """The tag of the download button, with the attribute download.

    A browser heeds it on a server, and not in a page opened from a folder.
    """
    title = DOWNLOAD_TITLE.format(name=match["name"])
    return (
        f'<a href="{match["url"]}" download="{match["name"]}"'
        f'{match["middle"]} title="{title}"'
    )


def edit_pages(app, exception):
    """Mend the tags that stand in templates of the theme."""
    if exception or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text("utf-8")
        mended = DOWNLOAD.sub(let_download, FONT_AWESOME.sub("", text))
        if mended != text:
            page.write_text(mended, "utf-8")
    for script in Path(app.outdir).glob("_static/scripts/fontawesome.js*"):
        script.unlink()


def setup(app):
    app.setup_extension("icon_subset")
    app.add_css_file("book.css", priority=900)
    app.connect("config-inited", add_repository)
    app.connect("html-page-context", drop_unused_files, priority=900)
    app.connect("html-page-context", mend_roles)
    app.connect("doctree-resolved", drop_repeated_ids)
    app.connect("build-finished", edit_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
