"""What an agreement would have done with the leads of the past, measured against what became of them."""
