"""Print a notebook as text, for `git diff` (see CONTRIBUTING.md).

What is no notebook, such as one with the marks of a conflict, is printed as
it is: git must have something to compare.
"""

import argparse
import json
from pathlib import Path


def as_text(notebook):
    for cell in notebook["cells"]:
        tags = " ".join(cell["metadata"].get("tags", []))
        yield f"--- {cell['cell_type']} {tags}".rstrip()
        yield "".join(cell["source"])
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = output.get("text") or data.get("text/plain", "")
            if output["output_type"] == "error":
                text = f"{output['ename']}: {output['evalue']}"
            yield "> " + "".join(text).rstrip().replace("\n", "\n> ")
            if "image/png" in data:
                yield f"> [picture, {len(data['image/png'])} characters]"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    path = parser.parse_args(arguments).notebook
    if not path.is_file():
        parser.error(f"there is no file {path}")
    source = path.read_text("utf-8", errors="replace")
    try:
        print("\n".join(as_text(json.loads(source))))
    except (ValueError, KeyError, TypeError):
        print(source, end="")


if __name__ == "__main__":
    main()
