"""What the screens say, as rows of words: pure functions of a board, a width and a height. No widget, no rule."""
