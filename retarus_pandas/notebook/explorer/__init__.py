"""Choosing a report and its fields without writing GraphQL."""
