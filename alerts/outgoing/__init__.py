"""The only way out: requests to addresses that others chose."""
