"""What a person should look at: each module finds one kind of fault, from counts alone."""
