"""Fit the learned coder on folders of gold coding and on texts written to teach it; write it with its card."""
