"""What stands around the text of an official document: 版头, 主体 but its text, and 版记."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gis_server.text import say


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands around an official document's text.

    Attributes
    ----------
    organ
        发文机关: the red head, and the signature under the text.
    number, secrecy, urgency
        发文字号; 密级和保密期限; 紧急程度.
    to, cc
        主送机关, 抄送机关.
    signer
        签发人, of documents to a higher organ.
    date
        成文日期, as it is printed.
    attachments
        附件说明: the titles.
    issued_by, issued_at
        印发机关, 印发日期, as printed at the end.
    signed
        Recorded signatures, `(role, name, moment)` each, all words.
    exercise, fictional
        Marked large on every page.
    """

    organ: str
    title: str
    language: str = "zh"
    number: str = ""
    secrecy: str = ""
    urgency: str = ""
    to: str = ""
    cc: str = ""
    signer: str = ""
    date: str = ""
    attachments: Sequence[str] = ()
    issued_by: str = ""
    issued_at: str = ""
    signed: Sequence[tuple[str, str, str]] = ()
    exercise: bool = False
    fictional: bool = False

    def say(self, key: str) -> str:
        """Return one of the fixed words around a document."""
        return say(self.language, f"official.{key}") or key

    @property
    def marks(self) -> list[str]:
        """Return what every page says of itself before anything else."""
        marked = (("exercise", self.exercise), ("fictional", self.fictional))
        return [self.say(name) for name, held in marked if held]
