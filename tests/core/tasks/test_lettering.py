"""Text on pictures: Latin as Pillow writes it, Chinese beside it, and a box for what no font has."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.tasks.lettering import Lettering
from pages.catalogues.extraction import chinese_characters

INK = (0, 0, 0)


def written(text: str, anchor: str = "la", letters: Lettering | None = None) -> np.ndarray:
    image = Image.new("RGB", (300, 60), (255, 255, 255))
    (letters or Lettering(15)).write(ImageDraw.Draw(image), (150, 25), text, INK, anchor)
    return np.asarray(image)


@pytest.mark.parametrize("anchor", ["la", "ra", "lm", "rm", "ls", "rs"])
def test_latin_letters_are_pillow_s_own(anchor: str) -> None:
    image = Image.new("RGB", (300, 60), (255, 255, 255))
    ImageDraw.Draw(image).text((150, 25), "epoch 1,200", INK, ImageFont.load_default(15), anchor=anchor)
    assert np.abs(np.asarray(image).astype(int) - written("epoch 1,200", anchor)).max() < 40  # fractions of a pixel


def test_two_chinese_characters_look_different_and_nothing_is_lacking() -> None:
    letters = Lettering(15)
    assert (written("训", letters=letters) != written("练", letters=letters)).any()
    assert (written("第 12 轮 loss", letters=letters) < 255).any()
    assert not letters.lacks


def test_what_no_font_has_is_a_box_and_is_noticed() -> None:
    letters = Lettering(15)
    assert (written("龘", letters=letters) == written("靐", letters=letters)).all()
    assert letters.lacks


def test_the_font_has_every_character_that_descent_writes() -> None:
    """`python docs/make_font.py` brings it up to date."""
    letters = Lettering(15)
    assert [sign for sign in chinese_characters() if letters._find(sign) is None] == []
