"""Long work that pages ask for: each kind is one module here and one entry of the registry.

What is here runs in two processes: the options in the server, which never imports Keras, and the work in a process of
its own. So a kind's module imports what is heavy inside of its generator.
"""

from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.tasks.registry import KINDS

__all__ = ["KINDS", "Context", "Kind", "Progress", "TaskOptions"]
