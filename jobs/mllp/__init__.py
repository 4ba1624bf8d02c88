"""HL7 v2 over MLLP: a listener that acknowledges a message only when it is safe on disk."""
