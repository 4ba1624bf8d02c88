"""A synthetic hospital that writes the same exports a real one would. No real data of any kind."""
