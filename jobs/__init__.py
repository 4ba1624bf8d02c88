"""What is done: one sub-package per stage, one module per step."""
