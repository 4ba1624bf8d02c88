"""FHIR R4 exports: NDJSON of one resource type (`ndjson`), and bundles of many (`bundle`)."""
