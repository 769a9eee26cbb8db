"""What can stand, and what stands, at a place in a document, whole or broken, or on the line of a magic."""

from retarus_pandas.completion.candidates import Candidate
from retarus_pandas.completion.inspecting import about_in_cell
from retarus_pandas.completion.lines import Command, Offer, complete_command
from retarus_pandas.completion.offers import offer_in_cell
from retarus_pandas.completion.variables import fitting_types

__all__ = ["Candidate", "Command", "Offer", "about_in_cell", "complete_command", "fitting_types", "offer_in_cell"]
