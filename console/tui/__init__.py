"""The face: Textual screens and widgets over one session; it shows and asks, and decides nothing."""
