"""Who may: seeds, codes and secrets behind one protocol."""
