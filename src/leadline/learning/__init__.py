"""What outcomes suggest: evidence, scorecards, calibration, back-tests; proposes, never applies."""
