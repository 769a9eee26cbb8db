"""Files: where they go, and how each format is written."""
