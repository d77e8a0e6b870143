"""What an agreement would have done with the leads of the past, and what came of it."""
