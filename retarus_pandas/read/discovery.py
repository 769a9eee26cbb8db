"""What can be asked, as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retarus_pandas.session import Session, known_schema

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["fields", "reports", "schema_changes", "schema_text"]


def reports(*, session: Session | None = None) -> pd.DataFrame:
    """Describe the reports that can be asked; sends nothing.

    Parameters
    ----------
    session : Session, optional
        Whose schema is described; the current session's, or the bundled one when nobody is signed in.

    Returns
    -------
    pandas.DataFrame
        One row a report: ``report``, ``meaning``, ``fields`` (how many are known), ``key`` (what tells one
        record from another), ``period_tests`` (the timestamp a period is compared with; empty where unknown),
        ``period_evidence`` (how well that is known) and ``filter`` (whether a filter is known to be taken).

    Examples
    --------
    >>> import retarus_pandas as rt
    >>> "smsOutUdrReport" in set(rt.reports()["report"])
    True
    """
    import pandas as pd

    from retarus_pandas.schema import ReportFacts, describe_reports

    frame = pd.DataFrame(describe_reports(known_schema(session)), columns=list(ReportFacts._fields))
    return frame.drop(columns="description")


def fields(report: str, *, session: Session | None = None) -> pd.DataFrame:
    """Describe the fields of a report's records; sends nothing.

    Parameters
    ----------
    report : str
        A report's name, as `reports` lists them.
    session : Session, optional
        Whose schema is described; the current session's, or the bundled one when nobody is signed in.

    Returns
    -------
    pandas.DataFrame
        One row a field: ``field``, ``type`` (GraphQL), ``dtype`` (of the column it becomes), ``unit`` (with how well
        it is known: ``units="si"`` converts what is documented), ``meaning``, ``personal`` (what data of a person it
        may hold: "number", "address", "text"; empty if none) and ``evidence``: "documented" where the vendor prints
        the type, "sampled" where it was read off an example, "guessed" by analogy, "service" where the schema is the
        service's own.

    Raises
    ------
    InputError
        There is no such report.

    Examples
    --------
    >>> import retarus_pandas as rt
    >>> rt.fields("smsInUdrReport").set_index("field").loc["numberOfParts", "dtype"]
    'Int64'
    """
    import pandas as pd

    from retarus_pandas.schema import FieldFacts, describe

    return pd.DataFrame(describe(known_schema(session), report), columns=list(FieldFacts._fields))


def schema_changes(*, session: Session | None = None) -> pd.DataFrame:
    """Compare the schema in use with the bundled one; sends nothing.

    Parameters
    ----------
    session : Session, optional
        Whose schema; the current session's, if none is given.

    Returns
    -------
    pandas.DataFrame
        One row a difference: ``report``, ``path``, ``change``, ``before`` (bundled) and ``after`` (in use).
    """
    import pandas as pd

    from retarus_pandas.schema import Change, bundled, difference

    return pd.DataFrame(difference(bundled(), known_schema(session)), columns=list(Change._fields))


def schema_text(*, session: Session | None = None) -> str:
    """Return the schema in use as SDL text; sends nothing."""
    from graphql import print_schema

    from retarus_pandas.schema import sdl

    schema = known_schema(session)
    return sdl() if schema.bundled else print_schema(schema.graphql)
