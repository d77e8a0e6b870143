"""What if the agreement were another: tried on the whole history, move by move."""
