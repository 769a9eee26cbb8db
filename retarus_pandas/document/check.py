"""A document held against a schema, and what to do about what does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from graphql import (
    DocumentNode,
    FieldsOnCorrectTypeRule,
    FragmentsOnCompositeTypesRule,
    GraphQLError,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownTypeNamesRule,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    ValuesOfCorrectTypeRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    validate,
)

from retarus_pandas.document.parse import Complaints, did_you_mean
from retarus_pandas.schema import Schema

__all__ = ["check", "remedy"]

_RULES = (
    KnownTypeNamesRule,
    FragmentsOnCompositeTypesRule,
    VariablesAreInputTypesRule,
    ScalarLeafsRule,
    FieldsOnCorrectTypeRule,
    PossibleFragmentSpreadsRule,
    KnownDirectivesRule,
    KnownArgumentNamesRule,
    ValuesOfCorrectTypeRule,
    ProvidedRequiredArgumentsRule,
    VariablesInAllowedPositionRule,
)
# As many names can be read at a glance.
_FEW = 12


def check(document: DocumentNode, schema: Schema, complaints: Complaints) -> list[str]:
    """Complain of what a schema of the service's does not have; only doubt what the bundled one does not.

    Parameters
    ----------
    document : graphql.DocumentNode
        What is to be sent; its nodes have the places that they have in the author's text.
    schema : Schema
        The schema in use.
    complaints : Complaints
        What is wrong with the document.

    Returns
    -------
    list of str
        The doubts.
    """
    errors = validate(schema.graphql, document, _RULES)
    fix = partial(remedy, schema=schema)
    if schema.bundled:
        return complaints.doubt_errors(errors, fix)
    complaints.add_errors(errors, fix)
    return []


def remedy(error: GraphQLError, *, schema: Schema) -> str:
    """What to do about an error of graphql-core's that does not say so itself; with a leading space."""
    if "Did you mean" in error.message:
        return ""
    for pattern, advise in _REMEDIES:
        found = pattern.search(error.message)
        if found:
            return advise(found, schema)
    return ""


def _arguments(found: re.Match[str], schema: Schema) -> str:
    field = getattr(schema.graphql.get_type(found[1]), "fields", {}).get(found[2])
    return _listed(field.args if field else ()) or " It takes none: leave out what stands in (…)."


def _members(found: re.Match[str], schema: Schema) -> str:
    known = schema.graphql.get_type(found[1])
    names = [*getattr(known, "fields", {}), *getattr(known, "values", {})]
    reports = [report for report in schema.reports() if schema.record_type(report) is known]
    if reports and len(names) > _FEW:
        return f" retarus_pandas.fields({reports[0]!r}) lists what there is."
    return _listed(names)


def _listed(names: Iterable[str]) -> str:
    return did_you_mean("", names)


def _words(text: str) -> Callable[[re.Match[str], Schema], str]:
    return lambda found, schema: found.expand(text)


# The two lines of graphql-core say some of it in different words.
_REMEDIES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Schema], str]], ...] = tuple(
    (re.compile(pattern), advise)
    for pattern, advise in (
        (r"^Unknown argument '\w+' on field '(\w+)\.(\w+)'", _arguments),
        (r"^Unknown directive", _words(" There are: @include, @skip.")),
        (r"^Cannot query field '\w+' on type '(\w+)'", _members),
        (r"is not defined by type '(\w+)'", _members),
        (r"^Expected value of type '(\w+)'.* unknown field", _members),
        (r"^Expected value of type '\w+'.* found:? [^{]", _words(" Write { … } there.")),
        (r"does not exist in '(\w+)' enum", _members),
        (r"^Enum '(\w+)' cannot represent", _members),
        (r"must not have a selection", _words(" Leave out the { … } behind it.")),
        (r"expecting type '(.+)'", _words(r" Declare it as \1.")),
        (r"^(?:String|ID) cannot represent .*: (-?\d[\d.]*)$", _words(r' Write it as "\1".')),
        (r"^Int cannot represent", _words(" Write a whole number, without quotes.")),
        (r"^Float cannot represent", _words(" Write a number, without quotes.")),
        (r"^Boolean cannot represent", _words(" Write true or false.")),
    )
)
