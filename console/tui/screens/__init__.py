"""One module a screen or dialog; each draws what a board says and hands keys on as commands."""
