"""Where kernels begin. Adding an initializer is one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class InitializerSpec:
    """One of Keras' initializers.

    Attributes:
        name: in configurations and links, on the page, and in Keras.
        is_random: takes a seed.
        is_moderate: its weights are no larger than a layer of any width stands; others may make a run diverge.
    """

    name: str
    is_random: bool = True
    is_moderate: bool = True

    def build(self, keras: Any, seed: int) -> Any:
        """The initializer of Keras, which draws a kernel of the shape that it is called with."""
        settings = {"seed": seed} if self.is_random else {}
        return keras.initializers.get({"class_name": self.name, "config": settings})


_ENTRIES = (
    InitializerSpec("glorot_uniform"),
    InitializerSpec("glorot_normal"),
    InitializerSpec("he_uniform"),
    InitializerSpec("he_normal"),
    InitializerSpec("lecun_uniform"),
    InitializerSpec("lecun_normal"),
    InitializerSpec("random_uniform", is_moderate=False),
    InitializerSpec("random_normal", is_moderate=False),
    InitializerSpec("truncated_normal", is_moderate=False),
    InitializerSpec("orthogonal"),
    InitializerSpec("zeros", is_random=False),
    InitializerSpec("ones", is_random=False, is_moderate=False),
)

#: Every initializer by name, in the order in which the page offers them.
INITIALIZERS: dict[str, InitializerSpec] = {entry.name: entry for entry in _ENTRIES}
