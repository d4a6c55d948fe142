"""Images of cases: cleaned in a limited child process, stored once under the hash of their content."""
