"""`python docs/make_font.py NotoSansCJK-Regular.ttc`: the Chinese font for computers that have none.

Takes the characters that the catalogue and the glossary use from Noto Sans CJK SC (SIL Open Font License 1.1), and
writes `core/tasks/descent-cjk.woff2`. Needs `fonttools` and `brotli`; run it when a test says that the font
lacks a character.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

FONT = ROOT / "core" / "tasks" / "descent-cjk.woff2"
SIMPLIFIED = 2  # Noto Sans CJK SC in the collection


def main() -> None:
    """Write the font."""
    from pages.catalogues.extraction import chinese_characters

    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["kern"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]  # who made it, and its licence
    options.drop_tables += ["vhea", "vmtx", "VORG"]  # nothing is written downwards
    font = TTFont(sys.argv[1], fontNumber=SIMPLIFIED)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(chinese_characters()))
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(FONT)
    print(f"{FONT.relative_to(ROOT)}: {len(chinese_characters())} characters, {FONT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
