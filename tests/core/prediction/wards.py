"""A table with a column of every kind, for whoever asks about people in it."""

from __future__ import annotations

import numpy as np


def wards_csv(rows: int = 120) -> bytes:
    """Patients with numbers, dates, levels and missing values; who is old and smokes is ill."""
    rng = np.random.default_rng(3)
    lines = ["age (years),smoker,stage,ward,seen,lab,ill"]
    for row in range(rows):
        age, smokes = int(rng.integers(20, 90)), bool(rng.uniform() < 0.5)
        ill = age > 50 and smokes
        lab = "" if row % 7 == 0 else f"{rng.normal(5 + 2 * ill):.1f}"
        stage = ("I", "II", "III")[min(2, age // 30)]
        ward = "ABC"[row % 3]
        lines.append(
            f"{age},{'yes' if smokes else 'no'},{stage},{ward},2024-0{1 + row % 9}-11,{lab},{'ill' if ill else 'well'}"
        )
    return ("\n".join(lines) + "\n").encode()
