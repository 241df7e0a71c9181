"""Source texts → sections, measures and statements, each with offsets and a kind."""
