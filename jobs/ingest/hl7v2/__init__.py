"""HL7 v2 messages (ADT, ORU^R01, RDE^O11), one or many to a file: rows for the tables."""

from jobs.ingest.hl7v2.reader import read

__all__ = ["read"]
