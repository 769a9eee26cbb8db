"""The bytes of an answer become an Arrow table."""
