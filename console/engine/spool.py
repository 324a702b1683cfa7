"""Addresses in a file without a name: nobody else can open it, it is gone with this process, and memory stays that of one line."""

from __future__ import annotations

import hashlib
import tempfile
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from console.errors import BadList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

CHUNK: Final = 1024 * 1024


class Spool:
    """Addresses in their order, one a line, to be gone through as often as one likes. Closed by `with`.

    Raises:
        BadList: no such file can be made.
    """

    def __init__(self) -> None:
        try:
            self.file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed with the spool
        except OSError as error:
            raise BadList(
                f"No list can be kept aside: {error.strerror}.",
                do="Make room on the disk of temporary files.",
            ) from error
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """As `recipients.digest_of`, of what was added here."""
        return self._digest.hexdigest()

    def add(self, addresses: Iterable[str]) -> None:
        """Put these at the end; raises BadList when the disk is full."""
        raw = "".join(f"{address}\n" for address in addresses).encode()
        self._digest.update(raw)
        try:
            self.file.write(raw)
        except OSError as error:
            raise BadList(f"The list cannot be kept aside: {error.strerror}.") from error

    def read_back(self) -> str:
        """As `recipients.digest_of`, of what stands in the file, whoever wrote it."""
        self.file.seek(0)
        whole = hashlib.sha256()
        while raw := self.file.read(CHUNK):
            whole.update(raw)
        return whole.hexdigest()

    def __iter__(self) -> Iterator[str]:
        self.file.seek(0)
        for line in self.file:
            yield line.rstrip(b"\n").decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()
