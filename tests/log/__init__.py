"""Whether input of every kind is read as it was meant, and what cannot be read is said."""
