"""Asking the service: access tokens, one request, many pages."""
