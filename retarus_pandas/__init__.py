"""Retarus usage data in pandas."""
