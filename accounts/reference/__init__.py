"""The directory an installation starts with: editable data, not code."""
