"""Figures and their style, and the live plot."""
