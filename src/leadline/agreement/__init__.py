"""What marketing and sales both sign: the file, what it means, and how two versions of it differ."""
