"""The tables of all pages become one table, and one DataFrame."""
