"""Incident Console: walks an on-call press officer through a playbook while their channels are being misused."""

__version__ = "0.1.0"
