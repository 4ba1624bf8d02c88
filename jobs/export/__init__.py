"""What leaves the lake in a form that others read: MEDS, JSON, FHIR. Pseudonyms only."""
