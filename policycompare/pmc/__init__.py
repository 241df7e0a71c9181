"""The PMC index: its variables, the signs of each in the text, a reader's overrules, the scores."""
