"""The face: Textual screens that draw a board and send commands."""
