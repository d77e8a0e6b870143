"""What happened, one file a question: numbers in, frozen answers out."""
