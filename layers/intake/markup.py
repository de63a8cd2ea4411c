"""XML from strangers: records by the name of their element, without a document type.

Expat is driven directly: a DOCTYPE ends the reading at its first character, so there is no entity
to expand, no external address to fetch and nothing to include.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from xml.parsers import expat

from layers.intake.formats import unreadable
from layers.intake.text import Guess, decode

DEPTH_MAX = 64
_CHUNK_CHARACTERS = 1024 * 1024
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_DECLARED = re.compile(rb"""<\?xml\b[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


@dataclass(slots=True)
class Node:
    """An element: its local name, attributes, text before its first child, and children."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def first(self, name: str) -> Node | None:
        """Return the first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def said(self, name: str) -> str | None:
        """Return the text of the first child of a name; None where it is missing or blank."""
        child = self.first(name)
        return (child.text.strip() or None) if child is not None else None

    def every(self, name: str) -> list[Node]:
        """Return the children of a name."""
        return [child for child in self.children if child.name == name]


@dataclass
class Outline:
    """What the walk passes over: the open elements outside records, and their titles."""

    names: list[str] = field(default_factory=list)
    titles: list[str | None] = field(default_factory=list)


def decoded(data: bytes, given: str | None) -> tuple[str, Guess]:
    """Return the text of an XML file without its declaration, and the encoding it was in.

    A person's word counts before the file's own; the file's own where it fits.
    """
    told = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf").lstrip()[:200])
    text, found = decode(data, given, told=told.group(1).decode("ascii") if told else None)
    return _DECLARATION.sub("", text.removeprefix("\ufeff"), count=1), found


class _Walk:
    """Expat's callbacks: elements outside records are an outline, those inside become nodes."""

    def __init__(
        self,
        records: Collection[str],
        titled: Collection[str],
        take: Callable[[Outline, Node], None],
    ) -> None:
        self.records, self.titled, self.take = records, titled, take
        self.outline = Outline()
        self.open: list[Node] = []
        self.words: list[str] = []
        self.title_at: int | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if len(self.open) + len(self.outline.names) >= DEPTH_MAX:
            raise unreadable("nested", f"it nests over {DEPTH_MAX} deep")
        if self.open or name in self.records:
            if self.open:
                self._flush()
            self.open.append(Node(name, attributes))
            return
        if name == "name" and self.outline.names and self.outline.names[-1] in self.titled:
            self.title_at = len(self.outline.names) - 1
            self.words.clear()
        self.outline.names.append(name)
        self.outline.titles.append(None)

    def end(self, tag: str) -> None:
        if not self.open:
            self.outline.names.pop()
            self.outline.titles.pop()
            if self.title_at is not None and self.title_at == len(self.outline.names) - 1:
                self.outline.titles[self.title_at] = "".join(self.words).strip() or None
                self.title_at = None
                self.words.clear()
            return
        self._flush()
        node = self.open.pop()
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.take(self.outline, node)

    def data(self, words: str) -> None:
        if self.open or self.title_at is not None:
            self.words.append(words)

    def _flush(self) -> None:
        if self.words:
            self.open[-1].text += "".join(self.words)
            self.words.clear()


def _refuse_doctype(*_: object) -> None:
    raise unreadable("doctype", "its XML has a document type (DOCTYPE), which is not read")


def walk(
    text: str,
    *,
    records: Collection[str],
    titled: Collection[str] = (),
    take: Callable[[Outline, Node], None],
) -> None:
    """Call `take` with every element of these names, whole, and where it lies.

    Parameters
    ----------
    text
        XML without declaration.
    records
        Local names of the elements wanted; what lies inside one belongs to it.
    titled
        Local names of the elements around records whose child `name` is their title.

    Raises
    ------
    InvalidInputError
        Not well formed (with line and column), with a DOCTYPE, or nested too deep.
    """
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    seen = _Walk(records, titled, take)
    parser.StartElementHandler, parser.EndElementHandler = seen.start, seen.end
    parser.CharacterDataHandler = seen.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_doctype
    try:
        for at in range(0, len(text), _CHUNK_CHARACTERS):
            parser.Parse(text[at : at + _CHUNK_CHARACTERS].encode("utf-8", "replace"), False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        said = expat.errors.messages[error.code]
        raise unreadable(
            "xml",
            f"no valid XML: {said} in line {error.lineno}, column {error.offset + 1}",
            detail=said, line=error.lineno, column=error.offset + 1,
        ) from None  # fmt: skip
