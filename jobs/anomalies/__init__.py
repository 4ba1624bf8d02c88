"""What is unusual for a patient: trends, own baselines, and states few patients are ever in."""
