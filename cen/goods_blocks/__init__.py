"""What a goods line says beyond the fields of every line: one block of fields for each kind of goods.

A block is one file in `cen/goods_blocks/blocks` that declares `BLOCK`; nothing else has to know of it. Form,
rules, preview, released body and pages all read the same description.
"""

from cen.goods_blocks.description import Block, FieldKind, FieldSpec
from cen.goods_blocks.registry import all_blocks, block_of
from cen.goods_blocks.values import leaving, shown, texts, tidied

__all__ = ["Block", "FieldKind", "FieldSpec", "all_blocks", "block_of", "leaving", "shown", "texts", "tidied"]
