"""A study: its manifest and source texts → the corpus tables, and what people changed by hand."""
