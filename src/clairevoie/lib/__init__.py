"""Dates, durations, contacts and text: plain functions without models or policy."""
