"""A link that several people sign, each on a machine of its own: it travels as a file until all have signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.links import Link
from cenlink.sealed.checks.schema import ID, closed, octets, one_of, row, several
from cenlink.sealed.checks.signed import ALGORITHMS, SIGNATURE_BYTES, protected_header
from cenlink.sealed.private.authoring import link_content
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.refusals import Code, Refused

_SHAPE = closed(
    {
        "kind": one_of("net", "adm"),
        "payload": octets(most=1 << 20),
        "signed": several(row(ID, *(octets(length) for length in SIGNATURE_BYTES.values())), most=18),
    }
)


@dataclass(frozen=True)
class Draft:
    """`signed` holds (kid, Ed25519 signature, ML-DSA-65 signature) of those who have signed."""

    kind: str
    payload: bytes
    signed: tuple[tuple[bytes, bytes, bytes], ...] = ()

    @classmethod
    def of(cls, kind: str, after: Link | None, op: list[Any], signers: Sequence[bytes], at: int) -> Draft:
        """A link to be signed by these kids, in the order of the rule."""
        by, *others = [{"kid": kid} for kid in signers]
        return cls(kind, enc(link_content(kind, after, [op], by, others, at)))

    @property
    def content(self) -> dict[str, Any]:
        """What is being signed, to be read by each signer."""
        found: dict[str, Any] = dec(self.payload)
        return found

    @property
    def signers(self) -> list[bytes]:
        return [signer["kid"] for signer in [self.content["by"], *self.content.get("co", [])]]

    @property
    def missing(self) -> list[bytes]:
        have = {kid for kid, *_ in self.signed}
        return [kid for kid in self.signers if kid not in have]

    def signed_by(self, *holders: Keys) -> Draft:
        """With the signatures of those of the holders who are to sign."""
        draft = self
        for keys in holders:
            if keys.kid in draft.missing:
                classical, lattice = keys.signatures(self.kind, self.payload)
                draft = replace(draft, signed=(*draft.signed, (keys.kid, classical[2], lattice[2])))
        return draft

    def completed(self) -> bytes:
        """The link. Refused: `signer` while somebody has not signed."""
        if self.missing:
            raise Refused(Code.SIGNER, f"{len(self.missing)} more have to sign")
        have = {kid: pair for kid, *pair in self.signed}
        entries = [
            [protected_header(algorithm, kid), {}, signature]
            for kid in self.signers
            for algorithm, signature in zip(ALGORITHMS, have[kid], strict=True)
        ]
        return enc([b"", {}, self.payload, entries])

    def encoded(self) -> bytes:
        return enc({"kind": self.kind, "payload": self.payload, "signed": [list(one) for one in self.signed]})

    @classmethod
    def read(cls, encoded: bytes) -> Draft:
        """Refused: `cbor`, `schema`."""
        value = dec(encoded)
        _SHAPE(value, "draft")
        draft = cls(value["kind"], value["payload"], tuple((one[0], one[1], one[2]) for one in value["signed"]))
        content = draft.content
        if not isinstance(content, dict) or content.get("k") != draft.kind or "by" not in content:
            raise Refused(Code.SCHEMA, "draft: not a link")
        return draft
