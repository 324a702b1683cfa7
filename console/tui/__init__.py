"""The face: Textual screens and widgets over one session; it shows and asks, and decides nothing."""

import os

# Textual draws at most so many frames a second and makes a key that comes right after a frame wait for the next. At its
# usual 60 that wait, 17 ms, is longer than drawing takes here, and was the slowest twentieth of all keys.
os.environ.setdefault("TEXTUAL_FPS", "240")
