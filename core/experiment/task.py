"""What is asked of a network: to tell classes apart, or to predict a number."""

from typing import Literal

Task = Literal["classification", "regression"]
