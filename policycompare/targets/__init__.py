"""Statements → quantified targets, and targets as a ledger."""
