"""Why something sealed is refused: one code for programs, one sentence for people (sealed-protocol §12)."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The same codes stand in both clients and in the published vectors."""

    CBOR = "cbor"
    SCHEMA = "schema"
    NEWER = "newer"
    KEY = "key"
    SIGNER = "signer"
    SIGNATURE = "signature"
    ORDER = "order"
    RIGHTS = "rights"
    STATE = "state"
    RECIPIENTS = "recipients"
    HISTORY = "history"
    LAST_MANAGER = "last_manager"
    UNCERTIFIED = "uncertified"
    WITHDRAWN = "withdrawn"
    FORK = "fork"
    ROLLBACK = "rollback"
    OFF_CHAIN = "off_chain"
    LATE = "late"
    WRAP = "wrap"
    SEALED = "sealed"
    PADDING = "padding"
    FILE = "file"
    KDF = "kdf"
    KEYSET = "keyset"
    REPLAY = "replay"
    NUMBER = "number"


SENTENCES = {
    Code.CBOR: "The bytes are not in the one permitted form; fetch them again.",
    Code.SCHEMA: "A field is missing, of the wrong type or not allowed here.",
    Code.NEWER: "This was written by a newer version; update the client.",
    Code.KEY: "The public key is malformed and must not be used.",
    Code.SIGNER: "It is not signed by exactly those who have to sign it.",
    Code.SIGNATURE: "A signature is wrong: it was altered or not made by the named key.",
    Code.ORDER: "It does not follow the link before it.",
    Code.RIGHTS: "The author's role does not allow this.",
    Code.STATE: "This is not possible in the present state of the chain.",
    Code.RECIPIENTS: "The new key is not meant for exactly the present members.",
    Code.HISTORY: "The link to earlier messages does not follow the group's history policy.",
    Code.LAST_MANAGER: "The group would be left without the managers it needs.",
    Code.UNCERTIFIED: "No admitted administration certifies this account.",
    Code.WITHDRAWN: "Signed with a withdrawn key. Do not act on it; ask the author by another way.",
    Code.FORK: "The server shows people different histories. Stop, keep the evidence, tell your contact point.",
    Code.ROLLBACK: "The server shows an older state than before. Stop, keep the evidence, tell your contact point.",
    Code.OFF_CHAIN: "It names a state of the group that is unknown here.",
    Code.LATE: "Late and untrusted: it arrived after its author's rights had changed.",
    Code.WRAP: "The key for this period is missing or damaged, by the server or its author. Ask a member for it.",
    Code.SEALED: "It cannot be opened: it was altered, or it was sealed for something else.",
    Code.PADDING: "The padding is wrong: it was not made by an honest client.",
    Code.FILE: "The file is not the one its author attached.",
    Code.KDF: "The server offers weaker passphrase protection than is allowed; refused.",
    Code.KEYSET: "The key store does not belong to this account's present key; refused.",
    Code.REPLAY: "It was sent before.",
    Code.NUMBER: "Another message by this device bears the same number.",
}


class Refused(ValueError):
    """Something sealed was refused; `code` says why, `detail` where (never a secret)."""

    def __init__(self, code: Code, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{SENTENCES[code]} [{code}{': ' + detail if detail else ''}]")
