"""Which patients' numbers mean one person: what sources and people have said, and how to say it."""
