"""Codings side by side: differences, orders, distinctive words, likeness, themes together."""
