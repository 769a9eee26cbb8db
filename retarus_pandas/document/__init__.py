"""A GraphQL text becomes queries: parsed, checked, bound to its variables, rewritten."""

from retarus_pandas.document.arguments import DRIVEN
from retarus_pandas.document.document import declared_variables, driven_variables, read_queries
from retarus_pandas.document.parse import is_report_name
from retarus_pandas.document.unaided import Unaided, unaided
from retarus_pandas.document.withdraw import cost_of, refused_additions, without
from retarus_pandas.document.words import END, LITERALS, Word, words_of

__all__ = [
    "DRIVEN",
    "END",
    "LITERALS",
    "Unaided",
    "Word",
    "cost_of",
    "declared_variables",
    "driven_variables",
    "is_report_name",
    "read_queries",
    "refused_additions",
    "unaided",
    "without",
    "words_of",
]
