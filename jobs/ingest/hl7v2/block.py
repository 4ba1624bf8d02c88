"""Messages that share their delimiters, as columns: every field of every segment, by number."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from jobs.ingest.hl7v2.encoding import Encoding, encoding
from jobs.ingest.hl7v2.messages import starts

CONTINUED = re.compile(rb"\n(?![A-Z][A-Z0-9]{2}(?:[^\w\s]|\n|$)|\n|$)")
"""A line that begins no segment belongs to the one before: some senders break their texts."""

DECLARED = re.compile(rb"\nMSH([!-/:-@\[-^`{-~])[^\w\s]{2,5}?\1")
"""The beginning of a message, with its field separator and its other delimiters."""


@dataclass
class Block:
    """The segments of messages that share an encoding, numbered from 0; the first is an MSH."""

    encoding: Encoding
    text: bytes
    """Each segment ends with a line feed."""
    line: np.ndarray
    """The line of the file on which each segment stands."""

    def __post_init__(self):
        """Cut at every delimiter at once: what is left between two of them is a field."""
        letters = np.frombuffer(self.text, np.uint8)
        is_cut = (letters == ord("\n")) | (letters == ord(self.encoding.field))
        cuts = np.flatnonzero(is_cut)
        offsets = np.append(0, cuts - np.arange(len(cuts))).astype(np.int32)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(letters[~is_cut])]
        self._fields = pa.StringArray.from_buffers(len(cuts), *buffers[1:])
        last = np.flatnonzero(letters[cuts] == ord("\n"))
        self._first = np.append(0, last[:-1] + 1)
        self._count = last + 1 - self._first
        self.stop = cuts[last]
        self.start = np.append(0, self.stop[:-1] + 1)
        self._kind = sum(
            letters.take(self.start + place, mode="clip").astype(np.int32) << 8 * place
            for place in range(3)
        )

    def numbers(self, kind: str) -> np.ndarray:
        """The segments of this kind, such as "OBX"."""
        return np.flatnonzero(self._kind == int.from_bytes(kind.encode(), "little"))

    @cached_property
    def headers(self) -> np.ndarray:
        """The MSH segments: one per message."""
        return self.numbers("MSH")

    @cached_property
    def pid(self) -> list[int]:
        """For each message the segment that names its patient, or -1."""
        return self.first("PID").tolist()

    def message(self, segments: np.ndarray) -> np.ndarray:
        """The place in `headers` of the message that each of these segments is of."""
        return np.searchsorted(self.headers, segments, side="right") - 1

    def last(self, kind: str, segments: np.ndarray) -> np.ndarray:
        """For each of these segments the last one of this kind before it in its message, or -1."""
        wanted = self.numbers(kind)
        place = np.searchsorted(wanted, segments, side="right") - 1
        found = np.where(place >= 0, np.append(wanted, -1)[place], -1)
        return np.where(found >= self.headers[self.message(segments)], found, -1)

    def first(self, kind: str) -> np.ndarray:
        """For each message its first segment of this kind, or -1."""
        wanted = np.append(self.numbers(kind), len(self.line))
        found = wanted[np.searchsorted(wanted, self.headers)]
        return np.where(found < np.array(self._edges[1:]), found, -1)

    def field(self, segments: np.ndarray, number: int) -> pa.StringArray:
        """A field of each of these segments: "" where there is none. MSH-n has the number n - 1."""
        segments = np.asarray(segments)
        is_there = (segments >= 0) & (self._count[segments] > number)
        places = np.where(is_there, self._first[segments] + number, 0)
        return self._fields.take(pa.array(places, mask=~is_there)).fill_null("")

    def segment(self, number: int) -> bytes:
        """One segment as it stands."""
        return self.text[self.start[number] : self.stop[number]] if number >= 0 else b""

    def lines(self, message: int) -> list[str]:
        """The segments of one message as they stand."""
        first, after = self._edges[message], self._edges[message + 1]
        return self.text[self.start[first] : self.stop[after - 1]].decode().split("\n")

    @cached_property
    def _edges(self) -> list[int]:
        """Where each message begins, and where the last one has ended."""
        return [*self.headers.tolist(), len(self.line)]


def cut(piece: bytes, line: int) -> tuple[list[Block], list[tuple[int, str]]]:
    """The messages of a piece that begins on this line of the file, and what is none.

    That is text before the first message, and messages that do not declare their delimiters.
    """
    if not piece:
        return [], []
    text, lines = _joined(piece, line)
    begin = starts(text)
    edges = [0, *begin, len(text)]
    breaks = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    numbers = np.searchsorted(breaks, edges)
    groups: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for place in _stretches(text, begin):
        groups[_declared(text, edges[place[0]])].append(place)
    unread = [
        (int(lines[numbers[first]]), text[edges[first] : edges[after]].decode().strip())
        for first, after in groups.pop(b"", [])
    ]
    found = []
    for own, places in groups.items():
        whole = b"".join(text[edges[first] : edges[after]] for first, after in places)
        standing = [lines[numbers[first] : numbers[after]] for first, after in places]
        delimiters = own.decode()
        found.append(
            Block(
                encoding(delimiters[4], delimiters[5:-1]),
                whole[1:] + b"\n",
                np.concatenate(standing),
            )
        )
    return found, [(line, text) for line, text in unread if text]


def _stretches(text: bytes, begin: list[int]) -> list[tuple[int, int]]:
    """What stands before the first message, and then message by message, or all in one."""
    declared = _declared(text, begin[0]) if begin else b""
    if declared and text.count(declared) == len(begin):
        return [(0, 1), (1, len(begin) + 1)]
    return [(number, number + 1) for number in range(len(begin) + 1)]


def _declared(text: bytes, begin: int) -> bytes:
    """The beginning of a message up to the end of MSH-2, or nothing where it is no message."""
    found = DECLARED.match(text, begin)
    return found[0] if found else b""


def _joined(piece: bytes, line: int) -> tuple[bytes, np.ndarray]:
    """The lines with those that go on from the one before put to it, and where each stands."""
    if not CONTINUED.search(piece):
        return piece, np.arange(line, line + piece.count(b"\n"))
    text: list[bytes] = []
    standing: list[int] = []
    for number, each in enumerate(piece.split(b"\n")[1:], start=line):
        if text and CONTINUED.match(b"\n" + each):
            text[-1] += b" " + each
        else:
            text.append(each)
            standing.append(number)
    return b"".join(b"\n" + each for each in text), np.array(standing)
