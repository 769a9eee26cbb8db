"""What is found out about a document and the cursor in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from graphql import DirectiveLocation, GraphQLInputType, GraphQLNamedType

__all__ = ["Outline", "Place", "Spot"]


class Place(Enum):
    """What can stand at a place."""

    DEFINITION = auto()
    FIELD = auto()
    ARGUMENT = auto()
    VALUE = auto()
    VARIABLE = auto()
    DECLARATION = auto()
    INPUT_TYPE = auto()
    DIRECTIVE = auto()
    FRAGMENT = auto()
    ON = auto()
    CONDITION = auto()


@dataclass
class Spot:
    """The cursor's place: what can stand there, what of it was typed, and what is known of the surroundings.

    ``type`` is what is selected from, or what a value must be; ``members`` are the arguments or input fields
    there are, ``taken`` the names that stand beside the cursor already. Of a declaration, ``variable`` is its name,
    ``before`` what is missing in front of the name; ``bare`` says that its type is written already. A value is
    ``bare`` where no variable can stand.
    """

    place: Place
    word: str = ""
    type: GraphQLNamedType | GraphQLInputType | None = None
    members: Mapping[str, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    location: DirectiveLocation | None = None
    variable: str = ""
    bare: bool = False
    before: str = ""


@dataclass
class Outline:
    """What a document, whole or not, is made of.

    Attributes
    ----------
    spot : Spot or None
        None where nothing can be said, as within a text.
    alone : bool
        Whether there is nothing beside the word at the cursor.
    declared : dict of str to str
        The variables with their types, empty where none is written yet.
    used : dict
        The variables that stand for values, with the types that are expected of them.
    fragments : dict of str to str
        The names of the fragments with those of the types that they are on.
    operations, reports : list of str
        Names in the order of the text.
    """

    spot: Spot | None = None
    alone: bool = False
    declared: dict[str, str] = field(default_factory=dict)
    used: dict[str, GraphQLInputType | None] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
