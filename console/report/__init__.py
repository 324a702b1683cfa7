"""What is handed over: brief, figures, verification."""
