"""What must hold: suites built from the vocabulary, the gate, the reports."""
