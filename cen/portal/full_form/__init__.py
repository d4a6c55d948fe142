"""The full form: every column of a case, several lines of each kind, the block of each category of goods.

`typed` is what stands in the form as text, `rows` the forms of one line each, `whole` all of it together.
Adding, removing and choosing are round trips that re-draw what was typed; nothing needs JavaScript.
"""

from cen.portal.full_form.whole import FullForm

__all__ = ["FullForm"]
