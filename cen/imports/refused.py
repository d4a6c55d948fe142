"""A file as a whole that can't be read, and why; single rows and cells are reported in findings instead."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal


class FileRefused(Refusal):
    """Nothing of the file is imported; the sentence says what to do about it."""

    status = 422
    code = "file_refused"
    sentence = _("This file can't be read. Save it as CSV (UTF-8) or as an Excel workbook (.xlsx), and try again.")


class MappingRefused(Refusal):
    """The mapping itself is wrong, or does not fit the file."""

    status = 422
    code = "mapping_refused"
    sentence = _("This mapping can't be used.")
