"""Signing in by arguments, by a form, or by questions."""
