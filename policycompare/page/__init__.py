"""What the report's page is made of: a notebook's outputs, tables, sentences, evidence, and how it was made."""
