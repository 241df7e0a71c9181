"""Measures → clusters of like measures, with how well they hold."""
