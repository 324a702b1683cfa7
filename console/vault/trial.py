"""Whether this machine's vault opens without anybody typing, tried in a process of its own: `python -m console.vault.trial FILE`.

So the vault is tried when an incident opens, and neither seeds nor what reads them stays with the screen all night; they come
when a code does.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from console.apart import tell
from console.errors import VaultError
from console.vault.keychain import open_keychain
from console.vault.passphrase import passphrase_from


def main() -> None:
    """Open it, and let go."""
    try:
        asyncio.run(open_keychain(Path(sys.argv[1]), passphrase_from(os.environ, None)))
    except VaultError as error:
        sys.exit(tell(error))


if __name__ == "__main__":
    main()
