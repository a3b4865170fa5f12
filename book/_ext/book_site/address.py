"""Where the book is published, where its sources are, and what needs to know.

The address of the repository comes from CI's environment or from the git
remote; launch, edit and issue buttons are shown only with one. The book's own
address is BOOK_URL, or that of GitHub Pages for the repository; canonical
links, ``og:`` tags, sitemap, robots.txt and the 404 page are made only with one.
"""

import os
import re
import subprocess
from html import escape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

REMOTE = re.compile(
    r"^(?:https://|ssh://git@|git@)(github\.com|gitlab\.com)[/:]"
    r"([\w.-]+)/([\w.-]+?)(?:\.git)?/?$"
)
NOT_FOUND = "404"
NOT_FOUND_TEXT = """
<section><h1>Page not found</h1>
<p>There is no page at this address; perhaps it was moved.
The <a href="{start}">start of the book</a> lists its chapters,
and the search at the top left finds sections, theorems and terms.</p></section>
"""
RELATIVE = re.compile(r'\b(href|src|action|data-content_root)="(?!#|/|[a-z]+:)([^"]*)"')


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


def book_address(environ=os.environ, folder="."):
    """Where the book is published, with a slash at the end, or ``None``."""
    if environ.get("BOOK_URL"):
        return environ["BOOK_URL"].rstrip("/") + "/"
    repository = repository_address(environ, folder) or ""
    if not repository.startswith("https://github.com/"):
        return None
    owner, name = repository.split("/")[-2:]
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def configure(app, config):
    add_buttons(config, repository_address(folder=app.confdir))
    url = book_address(folder=app.confdir)
    if url:
        config.html_baseurl = config.ogp_site_url = url
        config.ogp_image = url + "_static/preview.png"


def add_buttons(config, repository):
    if repository is None:
        return
    config.html_theme_options.update(
        repository_url=repository,
        repository_branch=os.environ.get("BOOK_BRANCH", "main"),
        use_repository_button=True,
        use_issues_button=True,
        use_edit_page_button=True,
        launch_buttons={
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
        },
    )
    if "github.com" in repository:
        config.html_theme_options["launch_buttons"]["colab_url"] = (
            "https://colab.research.google.com"
        )


def colab_branch(app, pagename, templatename, context, doctree):
    """Open Colab on the branch whose notebooks install the package."""
    for button in context.get("header_buttons", []):
        for entry in button.get("buttons", []):
            url = entry.get("url", "")
            if isinstance(url, str) and "colab.research" in url:
                branch = app.config.html_theme_options["repository_branch"]
                entry["url"] = url.replace(f"/blob/{branch}/", "/blob/colab/")


# ---- the page for addresses that lead nowhere


def page_not_found(app):
    if app.config.html_baseurl:
        start = f"{app.config.root_doc}.html"
        body = NOT_FOUND_TEXT.format(start=start)
        yield NOT_FOUND, {"title": "Page not found", "body": body}, "page.html"


def edit(html, app, context):
    """Let the links of the 404 page begin at the root of the server.

    It is shown under whatever address was not found, at any depth.
    """
    if context["pagename"] != NOT_FOUND:
        return html
    root = urlsplit(app.config.html_baseurl).path

    def from_root(match):
        return f'{match[1]}="{urljoin(root, match[2])}"'

    html = re.sub(r'<link rel="canonical"[^>]*>', "", html)
    return RELATIVE.sub(from_root, html)


# ---- what search engines ask for


def finish(app, exception):
    if exception or app.builder.name != "html" or not app.config.html_baseurl:
        return
    url = app.config.html_baseurl
    pages = [url + app.builder.get_target_uri(name) for name in app.env.found_docs]
    entries = "".join(
        f"<url><loc>{escape(page)}</loc></url>\n" for page in sorted(pages)
    )
    (Path(app.outdir) / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}</urlset>\n",
        "utf-8",
    )
    (Path(app.outdir) / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n", "utf-8"
    )
