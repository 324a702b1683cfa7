"""Practice: injects, the practice world, the lead's seat."""
