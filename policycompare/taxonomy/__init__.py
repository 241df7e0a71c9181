"""Taxonomy files: themes, their definitions, and the rules that find them."""
