"""Which block belongs to which category: every module of the folder `blocks` declares one."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from cen.goods_blocks import blocks
from cen.goods_blocks.description import Block


@cache
def all_blocks() -> tuple[Block, ...]:
    """Every block, by name. Raises RuntimeError where two claim one category or a field is named twice."""
    found: dict[str, Block] = {}
    claimed: dict[str, str] = {}
    for module in pkgutil.iter_modules(blocks.__path__):
        block: Block = import_module(f"{blocks.__name__}.{module.name}").BLOCK
        for category in block.categories:
            if category in claimed:
                raise RuntimeError(f"{block.name} and {claimed[category]} both claim {category}")
            claimed[category] = block.name
        names = [field.name for field in block.fields]
        if len(names) != len(set(names)) or block.name in found:
            raise RuntimeError(f"the block {block.name} stands twice, or one of its fields does")
        found[block.name] = block
    return tuple(found[name] for name in sorted(found))


@cache
def _by_category() -> dict[str, Block]:
    return {category: block for block in all_blocks() for category in block.categories}


def block_of(category: str) -> Block | None:
    """The block of a category; None where its goods have the fields of every line only."""
    return _by_category().get(category)
