"""Who else does this, and in whose words: counterparts of measures, shared wording, foreign places."""
