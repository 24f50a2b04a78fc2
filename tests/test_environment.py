"""Paths that the environment names."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from leopard_tools.capture.browser import find_browser
from leopard_tools.environment import is_on
from leopard_tools.errors import LeopardError
from leopard_tools.variants.embedded import cache_folder


def test_the_home_folder_is_known_where_no_shell_says_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in an MCP client's settings: "env": {"LEOPARD_CACHE": "~/kept"}."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("LEOPARD_CACHE", "LEOPARD_BROWSER"):
        monkeypatch.setenv(name, "~/kept")
    assert cache_folder() == tmp_path / "kept"
    assert find_browser() == str(tmp_path / "kept")


def test_a_home_that_nobody_has_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(number: int) -> object:
        raise KeyError(number)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setenv("LEOPARD_CACHE", "~/kept")
    with pytest.raises(LeopardError, match="LEOPARD_CACHE is '~/kept'"):
        cache_folder()


def test_a_switch_that_is_set_to_no_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("1", "true", "yes", " on", "DEBUG"):
        monkeypatch.setenv("LEOPARD_DEBUG", value)
        assert is_on("LEOPARD_DEBUG")
    for value in ("", "0", "False", "no", "off "):
        monkeypatch.setenv("LEOPARD_DEBUG", value)
        assert not is_on("LEOPARD_DEBUG")
    monkeypatch.delenv("LEOPARD_DEBUG")
    assert not is_on("LEOPARD_DEBUG")
