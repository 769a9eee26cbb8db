"""How an extra, or another package, is added to where this one is installed: in the way that this one was."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import Distribution

__all__ = ["how_to_install"]

_NAME = "retarus-pandas"
_CHECKOUT = Path(__file__).parent.parent.parent


def how_to_install(extra: str = "", *, package: str = "", found: Distribution | None = None) -> str:
    """The command that installs an extra of this package, or another package beside it.

    Parameters
    ----------
    extra : str
        The extra's name.
    package : str
        The other package.
    found : importlib.metadata.Distribution, optional
        How this package is installed; looked up, if left out.

    Returns
    -------
    str
        For the interpreter that runs, since another one's packages would not help.
    """
    found = found or _distribution()
    words = [f'"{package}"'] if package else _with_extra(found, extra)
    is_uv = found is not None and (found.read_text("INSTALLER") or "").strip() == "uv"
    tool = f'uv pip install --python "{sys.executable}"' if is_uv else f'"{sys.executable}" -m pip install'
    return " ".join([tool, *words])


def _distribution() -> Distribution | None:
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        return distribution(_NAME)
    except PackageNotFoundError:
        return None


def _with_extra(found: Distribution | None, extra: str) -> list[str]:
    origin = _origin(found)
    url = origin.get("url", "")
    if not url and found is None and (_CHECKOUT / "pyproject.toml").is_file():
        return ["-e", f'"{_CHECKOUT}[{extra}]"']
    if "dir_info" in origin:
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        path = url2pathname(urlsplit(url).path)
        return ["-e"] * bool(origin["dir_info"].get("editable")) + [f'"{path}[{extra}]"']
    scheme = f"{origin['vcs_info']['vcs']}+" if "vcs_info" in origin else ""
    return [f'"{_NAME}[{extra}] @ {scheme}{url}"' if url else f'"{_NAME}[{extra}]"']


def _origin(found: Distribution | None) -> Mapping[str, Any]:
    """Where it came from, if not from a package index; installers write it down."""
    origin: Mapping[str, Any] = json.loads((found and found.read_text("direct_url.json")) or "{}")
    return origin
