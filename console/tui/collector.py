"""When Python's garbage collector may run: after the first frame, and then only between the officer's keys.

Left alone it runs whenever enough objects were made, which is while a key is being drawn: that was the whole tail of
the key-to-paint times. Everything alive after the first frame is frozen, since it lives as long as the app.
"""

from __future__ import annotations

import gc

FEW = 700  # objects made since the last collection that are not worth one
MANY = 200_000  # and so many that one is worth a pause even while keys come
FULL_EVERY = 30  # every so many quiet seconds the old objects are looked at too


class Collector:
    """Takes the garbage collector over between `start` and `stop`."""

    def __init__(self) -> None:
        self._started = False
        self._was_enabled = True
        self._quiet = True
        self._since_full = 0

    def start(self) -> None:
        """Collect once, set aside all that is alive, and switch the automatic collector off."""
        if self._started:
            return
        self._started = True
        self._was_enabled = gc.isenabled()
        gc.collect()
        gc.freeze()
        gc.disable()

    def busy(self) -> None:
        """A key came: not now."""
        self._quiet = False

    def idle(self) -> None:
        """Once a second: collect when no key came since the last time, or when very much has piled up."""
        made = gc.get_count()[0]
        if self._started and made > FEW and (self._quiet or made > MANY):
            self._since_full += 1
            gc.collect(2 if self._since_full % FULL_EVERY == 0 else 1)
        self._quiet = True

    def stop(self) -> None:
        """Give the collector back as it was found."""
        if self._started:
            self._started = False
            gc.unfreeze()
            if self._was_enabled:
                gc.enable()
