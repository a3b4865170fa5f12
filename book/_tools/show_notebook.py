"""Print a notebook as text, for `git diff` (see CONTRIBUTING.md)."""

import json
import sys
from pathlib import Path


def as_text(notebook):
    for cell in notebook["cells"]:
        tags = " ".join(cell["metadata"].get("tags", []))
        yield f"--- {cell['cell_type']} {tags}".rstrip()
        yield "".join(cell["source"])
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            yield "> " + "".join(
                output.get("text") or data.get("text/plain", "")
            ).rstrip().replace("\n", "\n> ")
            if "image/png" in data:
                yield f"> [picture, {len(data['image/png'])} characters]"


if __name__ == "__main__":
    source = Path(sys.argv[1]).read_text("utf-8")
    print("\n".join(as_text(json.loads(source))))
