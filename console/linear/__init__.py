"""The plain face: the same session as numbered questions on stdin and stdout."""

from console.linear.home import run_home
from console.linear.lines import Descriptor
from console.linear.opening import ask_opening
from console.linear.run import run_linear

__all__ = ["Descriptor", "ask_opening", "run_home", "run_linear"]
