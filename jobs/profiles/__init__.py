"""A patient's own profile: limits of a sign, and the scale of SpO2, prescribed until a time."""
