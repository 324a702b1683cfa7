"""Widgets that know nothing of incidents: lists, frames, footers, dialogs; each draws plain data it is handed."""
