"""What an agreement says but cannot have meant: rules that never fire, criteria that nobody meets."""
