"""`wardtwin bench twins`: the rebuild and the micro-batch, beside what one would write instead."""
