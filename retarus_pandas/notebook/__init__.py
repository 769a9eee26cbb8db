"""Thin skins for people in front of a notebook or a terminal; what they do, the public functions do too."""
