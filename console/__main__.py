"""`python -m console` is the `incident` command."""

from console.cli import main

if __name__ == "__main__":
    main()
