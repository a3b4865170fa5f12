"""Mend the MathML that KaTeX writes, which screen readers and EPUB show.

- ℝ, 𝖳 or 𝐱 are letters of their own: MathML Core ignores the attribute by
  which KaTeX asks for them, and a reader hears and sees R, T or x.
- A full stop that ends a sentence is no part of the number before it.
- ``\\lambda_{\\max}`` gets no third child, and a table no empty spacing; both
  are invalid.
"""

import unicodedata
import xml.etree.ElementTree as ET

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
ET.register_namespace("", NAMESPACE)
STYLES = {
    "bold": "BOLD",
    "double-struck": "DOUBLE-STRUCK",
    "monospace": "MONOSPACE",
    "sans-serif": "SANS-SERIF",
    "script": "SCRIPT",
}
SCRIPTED = {"msub", "msup", "msubsup", "munder", "mover", "munderover", "mfrac"}
APPLY_FUNCTION = "\N{FUNCTION APPLICATION}"


def tag(name):
    return f"{{{NAMESPACE}}}{name}"


def styled(character, style):
    """The letter or digit of this style; the character itself if there is none."""
    name = unicodedata.name(character, "")
    words = name.removeprefix("LATIN ").replace("LETTER ", "")  # CAPITAL R
    for prefix in (f"MATHEMATICAL {style}", style):  # ℝ and ℒ were there before
        try:
            return unicodedata.lookup(f"{prefix} {words}")
        except KeyError:
            continue
    return character


def use_letters(element):
    style = STYLES.get(element.get("mathvariant"))
    if style:
        del element.attrib["mathvariant"]
        element.text = "".join(styled(c, style) for c in element.text)


def end_number(element):
    """Turn the number "1." into a row of the number 1 and a full stop."""
    number = element.text or ""
    if element.tag == tag("mn") and number[-1:] in (".", ","):
        element.tag, element.text = tag("mrow"), None
        ET.SubElement(element, tag("mn")).text = number[:-1]
        ET.SubElement(element, tag("mo")).text = number[-1]


def mend(text):
    """The text of one <math> element, mended."""
    root = ET.fromstring(text)
    for element in list(root.iter()):
        use_letters(element)
        end_number(element)
        if element.get("columnspacing") == "":
            del element.attrib["columnspacing"]
        if element.tag.partition("}")[2] in SCRIPTED:
            for child in list(element):
                if child.tag == tag("mo") and child.text == APPLY_FUNCTION:
                    element.remove(child)
    return ET.tostring(root, "unicode", short_empty_elements=False)
