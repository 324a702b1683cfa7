"""The plain face: the same session as numbered questions on stdin and stdout."""
