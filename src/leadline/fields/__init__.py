"""What can be known of a lead and of an event without declaring it, and how the derived part is worked out."""
