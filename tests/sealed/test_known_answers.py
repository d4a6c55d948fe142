"""Answers that others computed: the vectors that the cryptography project publishes, against what we build on them."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest
from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.public_keys import ML_DSA_65
from cenlink.sealed.checks.signed import SIGNATURE_BYTES
from cenlink.sealed.private.keys import wing_parts, wing_public
from cenlink.sealed.private.sealing import seal_to
from cenlink.sealed.private.slots import Stretching
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import mldsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

WHERE = Path(cryptography_vectors.__file__).parent
KEM_ID = 0x647A
ML_DSA = "asymmetric/MLDSA/kat_MLDSA_65_det_pure.rsp"
# The label of X-Wing: a cross in a ring.
LABEL = bytes.fromhex("5c2e2f2f5e5c")


def blocks(path: str) -> list[dict[str, str]]:
    """`name = value` lines, a block for each count."""
    found: list[dict[str, str]] = []
    for line in (WHERE / path).read_text(encoding="utf-8").splitlines():
        name, is_value, value = line.partition("=")
        if name.strip().lower() == "count":
            found.append({})
        elif is_value and found:
            found[-1][name.strip()] = value.strip()
    return found


def hpke() -> list[dict[str, Any]]:
    all_of_them = json.loads((WHERE / "HPKE" / "hpke-pq-test-vectors.json").read_text(encoding="utf-8"))
    return [one for one in all_of_them if (one["kem_id"], one["kdf_id"], one["mode"]) == (KEM_ID, 1, 0)]


def test_a_wing_seed_gives_the_published_public_key() -> None:
    assert hpke()
    for one in hpke():
        assert wing_public(bytes.fromhex(one["skRm"])).hex() == one["pkRm"]


def decapsulated(seed: bytes, encapsulated: bytes) -> bytes:
    """X-Wing by its definition, from the two private keys behind a seed."""
    lattice, curve = wing_parts(seed)
    ours = curve.public_key().public_bytes_raw()
    theirs = encapsulated[1088:]
    first = lattice.decapsulate(encapsulated[:1088])
    second = curve.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
    return hashlib.sha3_256(first + second + theirs + ours + LABEL).digest()


def test_what_others_encapsulated_to_a_wing_key_is_the_same_secret() -> None:
    for one in hpke():
        found = decapsulated(bytes.fromhex(one["skRm"]), bytes.fromhex(one["enc"]))
        assert found.hex() == one["shared_secret"]


def test_what_we_seal_opens_by_the_key_schedule_of_the_rfc() -> None:
    seed, info = bytes(range(32)), ["comm/1/wrap", bytes(16), 1, bytes(16), bytes(16)]
    sealed = seal_to(wing_public(seed), info, b"secret of an epoch")
    key, nonce = key_schedule(decapsulated(seed, sealed[:1120]), enc(info))
    assert AESGCM(key).decrypt(nonce, sealed[1120:], b"") == b"secret of an epoch"


def key_schedule(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180 §5.1 in base mode for KEM 0x647a, KDF 0x0001, AEAD 0x0002: key and base nonce."""
    suite = b"HPKE" + KEM_ID.to_bytes(2, "big") + (1).to_bytes(2, "big") + (2).to_bytes(2, "big")

    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(key: bytes, label: bytes, context: bytes, length: int) -> bytes:
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return HKDFExpand(hashes.SHA256(), length, labelled).derive(key)

    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    return expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)


@pytest.mark.parametrize(
    "one", blocks("asymmetric/MLDSA/kat_MLDSA_65_det_pure.rsp")[:10], ids=lambda one: one["xi"][:8]
)
def test_an_ml_dsa_seed_gives_the_published_key_and_others_signatures_verify(one: dict[str, str]) -> None:
    public = mldsa.MLDSA65PrivateKey.from_seed_bytes(bytes.fromhex(one["xi"])).public_key()
    assert public.public_bytes_raw().hex() == one["pk"]
    message, context = bytes.fromhex(one["msg"]), bytes.fromhex(one["ctx"])
    signature = bytes.fromhex(one["sm"])[: SIGNATURE_BYTES[ML_DSA_65]]
    public.verify(signature, message, context)
    with pytest.raises(InvalidSignature):
        public.verify(signature, message + b"x", context)
    with pytest.raises(InvalidSignature):
        public.verify(signature, message)


def test_argon2id_stretches_as_others_do() -> None:
    ours = [one for one in blocks("KDF/argon2id.txt") if one.get("lanes") == "1" and "secret" not in one]
    for one in ours:
        argon = Argon2id(
            salt=bytes.fromhex(one["salt"]),
            length=int(one["length"]),
            iterations=int(one["iter"]),
            lanes=1,
            memory_cost=int(one["memcost"]),
        )
        assert argon.derive(bytes.fromhex(one["pass"])).hex() == one["output"]
    salt = b"somesaltsomesalt"
    whole = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65536)
    assert Stretching(salt).stretched("password") == whole.derive(b"password")
