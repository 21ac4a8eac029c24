"""Which Python the environment is made with, and what is said where none fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from launch.errors import Trouble
from launch.pythons import choose_python
from tests.launch.stand_ins import POSIX_ONLY, program


def test_a_python_that_is_too_old_is_answered_in_words(no_browser_here: Path) -> None:
    with pytest.raises(Trouble, match=r"Python 3\.9 is too old: Descent needs Python 3\.11 to 3\.13"):
        choose_python((3, 9))


def test_a_python_that_is_too_new_is_answered_in_words(no_browser_here: Path) -> None:
    with pytest.raises(Trouble, match=r"Python 3\.15 is newer than TensorFlow's builds"):
        choose_python((3, 15))


@POSIX_ONLY
def test_a_python_beside_it_that_fits_is_used(no_browser_here: Path) -> None:
    python = program(no_browser_here / "python3.12")
    assert choose_python((3, 9)) == (str(python), (3, 12))
