"""Files on their way into drafts: read in constant memory, matched by a mapping, checked cell by cell."""
