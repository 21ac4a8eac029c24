"""Where kernels begin. Adding an initializer is one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.words import N_


@dataclass(frozen=True)
class InitializerSpec:
    """One of Keras' initializers.

    Attributes:
        name: in configurations and links, and in Keras.
        title: as the page shows it, marked; in English it is Keras' name.
        is_random: takes a seed.
        is_moderate: its weights are no larger than a layer of any width stands; others may make a run diverge.
    """

    name: str
    title: str = ""
    is_random: bool = True
    is_moderate: bool = True

    def __post_init__(self) -> None:
        if not self.title:
            object.__setattr__(self, "title", self.name)

    def build(self, keras: Any, seed: int) -> Any:
        """The initializer of Keras, which draws a kernel of the shape that it is called with."""
        settings = {"seed": seed} if self.is_random else {}
        return keras.initializers.get({"class_name": self.name, "config": settings})


_ENTRIES = (
    InitializerSpec("glorot_uniform", N_("glorot_uniform")),
    InitializerSpec("glorot_normal", N_("glorot_normal")),
    InitializerSpec("he_uniform", N_("he_uniform")),
    InitializerSpec("he_normal", N_("he_normal")),
    InitializerSpec("lecun_uniform", N_("lecun_uniform")),
    InitializerSpec("lecun_normal", N_("lecun_normal")),
    InitializerSpec("random_uniform", N_("random_uniform"), is_moderate=False),
    InitializerSpec("random_normal", N_("random_normal"), is_moderate=False),
    InitializerSpec("truncated_normal", N_("truncated_normal"), is_moderate=False),
    InitializerSpec("orthogonal", N_("orthogonal")),
    InitializerSpec("zeros", N_("zeros"), is_random=False),
    InitializerSpec("ones", N_("ones"), is_random=False, is_moderate=False),
)

#: Every initializer by name, in the order in which the page offers them.
INITIALIZERS: dict[str, InitializerSpec] = {entry.name: entry for entry in _ENTRIES}
