"""Keys of several people of whom some number must sign: the network root, an administration's authority (§4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from cenlink.sealed.checks.links import Link
from cenlink.sealed.checks.public_keys import PublicKey, public_keys
from cenlink.sealed.refusals import Code, Refused


@dataclass(frozen=True)
class Authority:
    keys: tuple[PublicKey, ...]
    threshold: int

    @classmethod
    def named_in(cls, pubs: list[dict[str, bytes]], threshold: int) -> Authority:
        """Refused: `key`, `schema`."""
        keys = public_keys(pubs)
        if not 1 <= threshold <= len(keys):
            raise Refused(Code.SCHEMA, f"{threshold} of {len(keys)} cannot sign")
        return cls(keys, threshold)

    def require_all(self, link: Link) -> None:
        link.require_signed_by(self.keys)

    def require_enough(self, link: Link) -> None:
        """Exactly `threshold` of the keys, each once, in any order."""
        link.require_signed_by(self._signers(link, self.threshold))

    def require_handover(self, link: Link, successor: Authority) -> None:
        """`threshold` of these keys, then every key of the successor that has not signed already."""
        old = self._signers(link, self.threshold)
        new = [key for key in successor.keys if key.kid not in {signer.kid for signer in old}]
        link.require_signed_by([*old, *new])

    def _signers(self, link: Link, count: int) -> list[PublicKey]:
        by_kid = {key.kid: key for key in self.keys}
        kids = [signer["kid"] for signer in link.signers[:count]]
        if len(kids) < count or len(set(kids)) != len(kids) or not set(kids) <= by_kid.keys():
            raise Refused(Code.SIGNER, f"{count} of the authority's keys have to sign")
        return [by_kid[kid] for kid in kids]
