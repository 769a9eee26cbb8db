"""What comes back: answers become Arrow tables, tables become one DataFrame."""
