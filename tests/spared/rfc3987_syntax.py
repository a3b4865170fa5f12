"""In place of a package whose import costs each process a second.

It compiles a grammar, by which jsonschema can check international addresses.
nbformat imports jsonschema, and no notebook has such an address. jsonschema
goes without the package where it cannot be imported.
"""

raise ImportError("the tests do without it: tests/spared")
