"""How one sender writes: delimiters, escapes, codes, identifiers and times (HL7 v2 chapter 2)."""

import re
from dataclasses import dataclass
from functools import cache, cached_property

STANDARD = {"LN", "LOINC", "RXNORM", "RXN", "MDC"}
"""Coding systems whose codes stand alone; the code of any other is written `code^system`.

MDC codes stand by their name (MDC_ECG_HEART_RATE); a number without it as `147842^MDC`.
"""

EMPTY = '""'
"""What HL7 sends for "delete the value that you have"."""


@dataclass(frozen=True, eq=False)
class Encoding:
    """The delimiters that MSH-1 and MSH-2 declare, and what texts mean under them."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str

    def components(self, text: str) -> list[str]:
        """The components of the first repetition, each by its first subcomponent, unescaped."""
        first = text.split(self.repetition, 1)[0]
        return [
            self.plain(part.split(self.subcomponent, 1)[0]) for part in first.split(self.component)
        ]

    def first(self, text: str) -> str:
        """The first component of the first repetition: all that most fields are read for."""
        return self.components(text)[0] if text else ""

    def plain(self, text: str) -> str:
        """The text without its escapes; `""` is no value."""
        if self.escape and self.escape in text:
            text = self._escapes.sub(self._unescaped, text)
        return "" if text == EMPTY else text

    @cached_property
    def _escapes(self) -> re.Pattern:
        mark = re.escape(self.escape)
        return re.compile(rf"{mark}([FSTREHN]|X(?:[0-9A-Fa-f]{{2}})+|\.\w+[^{mark}]*){mark}")

    def _unescaped(self, found: re.Match) -> str:
        what = found[1]
        if what[0] == "X":
            raw = bytes.fromhex(what[1:])
            return raw.decode("utf-8", errors="replace")
        if what[0] == ".":
            return "\n" if what in (".br", ".sp") else ""
        delimiters = [self.field, self.component, self.subcomponent, self.repetition, self.escape]
        return dict(zip("FSTRE", delimiters, strict=True)).get(what, "")

    def code(self, text: str) -> str:
        """The code of a CE or CWE, such as OBX-3: a standard one if there is one."""
        part = [*self.components(text), "", "", "", "", "", ""]
        one, other = (part[0], part[1], part[2]), (part[3], part[4], part[5])
        chosen = other if not one[0] or (other[2] in STANDARD and one[2] not in STANDARD) else one
        code, name, system = chosen
        if system == "MDC" and not code.startswith("MDC_"):
            return name if name.startswith("MDC_") else f"{code}^MDC"
        return code if not code or not system or system in STANDARD else f"{code}^{system}"

    def unit(self, text: str) -> str:
        """The unit of a CE or CWE, such as OBX-6: MDC units by name, others by their code."""
        part = [*self.components(text), "", "", "", "", "", ""]
        if part[1].startswith("MDC_"):
            return part[1]
        return part[3] if part[5] == "UCUM" else part[0] or part[1] or part[3]

    def identifier(self, text: str, own: str = "") -> str:
        """What names a thing in a CX: its number, and the assigner (CX-4) unless it is `own`."""
        part = [*self.components(text), "", "", "", ""]
        assigner = part[3]
        return part[0] if not part[0] or assigner in ("", own) else f"{part[0]}^{assigner}"


@cache
def encoding(field: str, others: str) -> Encoding:
    """The encoding that MSH-1 and MSH-2 tell; a missing escape character means no escapes."""
    component, repetition, escape, subcomponent = (others + "\0\0\0\0")[:4]
    return Encoding(field, component, repetition, escape.strip("\0"), subcomponent)


TIME = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})?(\d{2})?(\.\d{1,6})?\d*)?([+-]\d{4})?", re.ASCII
)


def offset(time: str) -> str:
    """That of a time ("+0100"), or ""."""
    return time[-5:] if time[-5:-4] in ("+", "-") else ""


def iso_time(text: str, zone: str) -> str:
    """`YYYYMMDD[HH[MM[SS[.S]]]][+ZZZZ]` as ISO 8601; what is none is given back as it stands.

    `zone` ("+0100", or "") is the offset of MSH-7, which holds for every time of the message that
    has none (HL7 v2 chapter 2.15.9.7).
    """
    if not (found := TIME.fullmatch(text)):
        return text
    year, month, day, hour, minute, second, fraction, own = found.groups()
    zone = own or zone
    if hour is None and not zone:
        return f"{year}-{month}-{day}"
    clock = f"{hour or '00'}:{minute or '00'}:{second or '00'}{fraction or ''}"
    return f"{year}-{month}-{day}T{clock}{zone[:3]}{':' * bool(zone)}{zone[3:]}"
