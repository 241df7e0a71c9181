"""Figures and pages → images and PDFs, through one browser and in one font."""
