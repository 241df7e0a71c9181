"""Statements × taxonomy → codings, with the words that carried each."""
