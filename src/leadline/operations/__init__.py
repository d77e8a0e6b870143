"""What a user can do, one file a verb: the only place that combines the rest."""
