"""Old and new in one read: what an archive has comes from there, the rest from the service."""
