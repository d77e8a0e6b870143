"""The steps of learning an agreement: reading, looking for changes, writing them, testing them on later leads."""
