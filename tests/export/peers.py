"""What others' packages say of an export: a program for their environment (`make interop-peers`).

`python peers.py meds FOLDER` and `python peers.py fhir FILE` end well where these accept it.
"""

import json
import sys
from pathlib import Path


def meds(folder: Path) -> None:
    """Every file against the schema that the standard's own package has for it."""
    import pyarrow.parquet as pq
    from meds import schema

    for path in (folder / schema.data_subdirectory).rglob("*.parquet"):
        schema.DataSchema.validate(pq.read_table(path))
    codes = pq.read_table(folder / schema.code_metadata_filepath)
    schema.CodeMetadataSchema.validate(codes)
    splits = pq.read_table(folder / schema.subject_splits_filepath)
    schema.SubjectSplitSchema.validate(splits)
    about = json.loads((folder / schema.dataset_metadata_filepath).read_text())
    schema.DatasetMetadataSchema.validate(about)


def fhir(path: Path) -> None:
    """A Bundle and what is in it, as R4B has them (these resources are R4's)."""
    from fhir.resources.R4B.bundle import Bundle

    Bundle.model_validate_json(path.read_text())


if __name__ == "__main__":
    {"meds": meds, "fhir": fhir}[sys.argv[1]](Path(sys.argv[2]))
