"""The frozen values that cross from one room to another."""

from retarus_pandas.values.given import lasting, several
from retarus_pandas.values.graphql_errors import show_errors
from retarus_pandas.values.identity import Credentials, Endpoints, Secret, Token
from retarus_pandas.values.installing import how_to_install
from retarus_pandas.values.kinds import Kind
from retarus_pandas.values.masks import WAYS
from retarus_pandas.values.page import Page, Progress, RunFacts
from retarus_pandas.values.query import Addition, Column, Doubt, Query
from retarus_pandas.values.text import plain, show
from retarus_pandas.values.units import Conversion, Unit
from retarus_pandas.values.window import Window, wire_instant

__all__ = [
    "WAYS",
    "Addition",
    "Column",
    "Conversion",
    "Credentials",
    "Doubt",
    "Endpoints",
    "Kind",
    "Page",
    "Progress",
    "Query",
    "RunFacts",
    "Secret",
    "Token",
    "Unit",
    "Window",
    "how_to_install",
    "lasting",
    "plain",
    "several",
    "show",
    "show_errors",
    "wire_instant",
]
