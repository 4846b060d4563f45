"""The back-office edge of the measure of audience."""
