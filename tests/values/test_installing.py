"""The command that installs an extra fits how the package itself was installed."""

from __future__ import annotations

import json
import sys
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest

from retarus_pandas.values import how_to_install


class Installed(Distribution):
    """A distribution with some files of metadata."""

    def __init__(self, installer: str, origin: dict[str, Any] | None) -> None:
        self._files: dict[str, Any] = {"INSTALLER": f"{installer}\n", "direct_url.json": origin and json.dumps(origin)}

    def read_text(self, filename: str) -> str | None:
        text: str | None = self._files.get(filename)
        return text

    def locate_file(self, path: Any) -> Any:
        return Path(path)


PIP = f'"{sys.executable}" -m pip install'
UV = f'uv pip install --python "{sys.executable}"'


@pytest.mark.parametrize(
    ("installer", "origin", "command"),
    [
        ("pip", None, f'{PIP} "retarus-pandas[lab]"'),
        ("uv", None, f'{UV} "retarus-pandas[lab]"'),
        (
            "pip",
            {"url": "file:///work/my%20files", "dir_info": {"editable": True}},
            f'{PIP} -e "/work/my files[lab]"',
        ),
        ("pip", {"url": "file:///work/checkout", "dir_info": {}}, f'{PIP} "/work/checkout[lab]"'),
        (
            "uv",
            {"url": "https://host/x.git", "vcs_info": {"vcs": "git", "commit_id": "1"}},
            f'{UV} "retarus-pandas[lab] @ git+https://host/x.git"',
        ),
        ("pip", {"url": "file:///x.whl", "archive_info": {}}, f'{PIP} "retarus-pandas[lab] @ file:///x.whl"'),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="paths are written otherwise there")
def test_an_extra_comes_from_where_the_package_came(
    installer: str, origin: dict[str, Any] | None, command: str
) -> None:
    assert how_to_install("lab", found=Installed(installer, origin)) == command


def test_another_package_comes_from_the_index() -> None:
    origin = {"url": "file:///work", "dir_info": {"editable": True}}
    assert how_to_install(package="requests[socks]", found=Installed("pip", origin)) == f'{PIP} "requests[socks]"'


def test_it_is_known_how_this_package_was_installed() -> None:
    assert "[excel]" in how_to_install("excel")
