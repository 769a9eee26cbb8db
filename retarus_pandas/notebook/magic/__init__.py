"""``%%retarus`` and ``%retarus``."""
