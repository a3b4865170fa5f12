"""The sidebar and the buttons above the text: names, landmark, download.

What they do when they are pressed is mended in ``book.js``.
"""

import re

DOWNLOAD = re.compile(
    r'<a href="(?P<url>[^"]*/_sources/[^"]*/(?P<name>[^"/]+))"(?! download)'
    r'(?P<middle>[^>]*btn-download-source-button[^>]*?) title="[^"]*"'
)
DOWNLOAD_TITLE = (
    "Download this page as {name}. If your browser shows it "
    "instead, save it (Ctrl-S or Cmd-S) under this name."
)
# Without a region the logo and the search button are in no landmark. The
# region moves with its contents into the dialog that a narrow window shows.
SIDEBAR = '<div class="sidebar-primary-items__start sidebar-primary__section"'
NAMED_SIDEBAR = f'{SIDEBAR} role="region" aria-label="Book"'
DIALOGS = {"pst-primary-sidebar-modal": "Book", "pst-secondary-sidebar-modal": "Page"}
# A button on which "Search Ctrl+K" stands must be called so.
SEARCH_FIELD = re.compile(
    r'(<button class="btn search-button-field[^>]*?) title="[^"]*" aria-label="[^"]*"'
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


def edit(html, app, context):
    html = DOWNLOAD.sub(let_download, html)
    html = SEARCH_FIELD.sub(r"\1", html)
    html = html.replace(SIDEBAR, NAMED_SIDEBAR)
    for name, label in DIALOGS.items():
        dialog = f'<dialog id="{name}"'
        html = html.replace(dialog, f'{dialog} aria-label="{label}"')
    return html.replace('class="bd-main" role="main"', 'class="bd-main"')
