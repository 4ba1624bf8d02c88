"""What one would write instead: each reads a file into rows of the same columns.

A program of its own, for an environment of its own (`make bench-peers`):
`python peers.py NAME FILE ROWS` prints {"rows", "seconds"} of the file's first so many records.
"""

import itertools
import json
import sys
import time
from pathlib import Path

UCUM = "http://unitsofmeasure.org"


def orjson_parse(path: Path, most: int) -> int:
    """A bare parse of every line."""
    import orjson

    with path.open("rb") as file:
        return sum(1 for line in itertools.islice(file, most) if orjson.loads(line))


def orjson_loop(path: Path, most: int) -> int:
    """A loop that makes one tuple per value, in columns at its end."""
    import orjson

    rows = []
    with path.open("rb") as file:
        for line, text in enumerate(itertools.islice(file, most), 1):
            found = orjson.loads(text)
            about = (
                found["id"],
                found["subject"]["reference"].split("/")[1],
                found["encounter"]["reference"].split("/")[1],
                found["effectiveDateTime"],
                found.get("issued") or found["meta"]["lastUpdated"],
                found["status"],
            )
            pieces = found.get("component") or ()
            if "valueQuantity" in found:
                rows.append((line, 0, *about, *_value(found)))
            rows += [(line, part, *about, *_value(piece)) for part, piece in enumerate(pieces, 1)]
    return len(next(zip(*rows, strict=True)))


def _value(found: dict) -> tuple:
    quantity = found["valueQuantity"]
    unit = quantity["code"] if quantity.get("system") == UCUM else quantity["unit"]
    return found["code"]["coding"][0]["code"], str(quantity["value"]).strip(), unit.strip()


def json_normalize(path: Path, most: int) -> int:
    """pandas: flattened, with a row per component."""
    import pandas as pd

    with path.open() as file:
        records = [json.loads(line) for line in itertools.islice(file, most)]
    own = pd.json_normalize(records)
    meta = ["id", "status", "effectiveDateTime", "issued", ["subject", "reference"]]
    with_pieces = [record for record in records if record.get("component")]
    pieces = pd.json_normalize(with_pieces, "component", meta)
    rows = pd.concat([own[own["component"].isna()], pieces])
    rows["code"] = rows["code.coding"].str[0].str["code"]
    rows["patient"] = rows["subject.reference"].str.split("/").str[1]
    return len(rows)


def fhir_resources(path: Path, most: int) -> int:
    """fhir.resources: each line validated as an Observation."""
    from fhir.resources.R4B.observation import Observation

    rows = []
    with path.open("rb") as file:
        for line, text in enumerate(itertools.islice(file, most), 1):
            found = Observation.model_validate_json(text)
            for part, piece in enumerate([found, *(found.component or ())]):
                quantity = piece.valueQuantity
                if quantity:
                    about = (found.id, found.subject.reference, found.effectiveDateTime)
                    code = piece.code.coding[0].code
                    rows.append((line, part, *about, code, quantity.value, quantity.unit))
    return len(rows)


def hl7(path: Path, most: int) -> int:
    """The package hl7: parsed, unescaped, a row per OBX."""
    import hl7 as package

    rows = []
    for text in _messages(path, most):
        message = package.parse(text)
        header, person, visit = (message.segment(name) for name in ("MSH", "PID", "PV1"))
        order = None
        for segment in message:
            if str(segment[0]) == "OBR":
                order = segment
            elif str(segment[0]) == "OBX":
                told = (segment[3][0][0], segment[5], segment[6][0][0])
                who = message.unescape(str(person[3][0][0]))
                times = str(segment[14]) or str(order[7]), str(header[7])
                value = [message.unescape(str(part)) for part in told]
                rows.append((str(order[3]), who, str(visit[19]), *times, *value, str(segment[11])))
    return len(rows)


def hl7apy(path: Path, most: int) -> int:
    """The package hl7apy: parsed into its object model, a row per OBX."""
    from hl7apy.parser import parse_message

    rows = []
    for text in _messages(path, most):
        message = parse_message(text, find_groups=False)
        order = None
        for segment in message.children:
            if segment.name == "OBR":
                order = segment
            elif segment.name == "OBX":
                who = message.pid.pid_3.pid_3_1.to_er7()
                code, unit = segment.obx_3.obx_3_1.to_er7(), segment.obx_6.obx_6_1.to_er7()
                time = segment.obx_14.to_er7() or order.obr_7.to_er7()
                rows.append((order.obr_3.to_er7(), who, time, code, segment.obx_5.to_er7(), unit))
    return len(rows)


def _messages(path: Path, most: int) -> list[str]:
    text = path.read_bytes().decode()
    return ["MSH|" + one for one in text.split("MSH|")[1 : most + 1]]


PEERS = (orjson_parse, orjson_loop, json_normalize, fhir_resources, hl7, hl7apy)


def main(name: str, path: str, most: str) -> None:
    peer = next(peer for peer in PEERS if peer.__name__ == name)
    peer(Path(path), 1)  # imports are not measured
    begun = time.perf_counter()
    rows = peer(Path(path), int(most))
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - begun}))


if __name__ == "__main__":
    main(*sys.argv[1:])
