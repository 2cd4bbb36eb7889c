"""The components as functions that return HTML; `templatetags/ui.py` lists them and makes them tags."""
