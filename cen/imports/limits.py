"""What a file may be at most. Each number carries its reason; beyond it the file is refused, never cut."""

from __future__ import annotations

MEBIBYTE = 1024 * 1024

# Ten years of a large administration; a file is kept on disk until its import is done.
FILE_BYTES = 200 * MEBIBYTE
# A workbook can't hold more, and a larger CSV is better sent in parts.
ROWS = 1_048_576
# The widest layout known has some sixty columns; a wider one is no list of seizures.
COLUMNS = 500
# What a cell of a workbook can hold.
CELL_CHARACTERS = 32_767
# A row with more text than this is a file with a quotation mark missing.
ROW_CHARACTERS = 262_144
# So much of each cell is kept of a row that is too long.
CUT = 100
# Packed parts of a workbook: Excel itself writes a few dozen.
ARCHIVE_ENTRIES = 2_000
# Unpacked size of all parts together, and of the table of texts, which must be held in memory.
ARCHIVE_BYTES = 1024 * MEBIBYTE
SHARED_TEXT_BYTES = 64 * MEBIBYTE
# Everything else in a workbook together: styles, theme, properties, pictures' frames.
OTHER_BYTES = 32 * MEBIBYTE
# Sheets pack well, about 1 to 15; only what was made to burst packs better than this.
ARCHIVE_RATIO = 120
# Small parts may pack better without danger.
RATIO_COUNTS_FROM = 4 * MEBIBYTE
# An empty stretch this long is the unused rest of a formatted sheet.
EMPTY_ROWS = 10_000
