"""What an issuer chose when asked for whom, before it is resolved to administrations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chosen:
    """Administrations by key, all administrations of regions and liaison offices by key, or everyone."""

    administrations: frozenset[int] = frozenset()
    regions: frozenset[int] = frozenset()
    liaison_offices: frozenset[int] = frozenset()
    everyone: bool = False

    @property
    def by_name(self) -> bool:
        """Whether only administrations were named, one by one."""
        return not (self.regions or self.liaison_offices or self.everyone)
