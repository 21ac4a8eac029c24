"""What the installation shows while it works, and says where it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from launch.environment import environment_python
from launch.errors import Trouble
from launch.installing import PipProgress, install
from tests.launch.stand_ins import POSIX_ONLY, program


def test_progress_counts_packages_as_pip_names_them() -> None:
    progress = PipProgress()
    assert progress.text(0) == ""
    for line in (
        "Collecting keras<4,>=3.15 (from -r requirements.txt (line 6))",
        "Downloading keras-3.15.1-py3-none-any.whl.metadata (5 kB)",
        "Collecting typing_extensions>=4 (from keras)",
        "Collecting numpy (from keras)",
        "Downloading keras-3.15.1-py3-none-any.whl (1.4 MB)",
    ):
        progress.read(line)
    assert progress.text(0) == "fetching package 1 of 3: keras (1.4 MB)"
    progress.read("Using cached typing_extensions-4.16.0-py3-none-any.whl (44 kB)")
    assert progress.text(0) == "fetching package 2: typing-extensions (44 kB)"
    progress.read("Installing collected packages: typing-extensions, keras, numpy")
    assert progress.text(1) == "installed 1 of 3"


@POSIX_ONLY
def test_a_failed_installation_ends_with_a_sentence_and_pips_last_words(project: Path) -> None:
    program(environment_python(), "echo Collecting keras; echo ERROR: no route to host; exit 1")
    with pytest.raises(Trouble, match=r"internet connection(?s:.*)no route to host"):
        install("app")
