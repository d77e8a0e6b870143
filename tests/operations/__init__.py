"""Whether what users can do is done whole or not at all."""
