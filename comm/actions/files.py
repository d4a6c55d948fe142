"""Files of sealed groups: ciphertext in parts of 8 MiB, resumable, bound to their author until a message names them."""

from __future__ import annotations

from typing import Any

from cenlink.sealed.refusals import Code, Refused
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from accounts.refusals import Absent, TooMany
from audit import trail
from audit.verbs import Verb
from comm.admission.refused import Contradiction, NotAdmitted, admitting
from comm.models import FilePart, Group, Membership, Message, SealedAccount, SealedFile

PART = 8 << 20
# The largest file, 1 GiB, padded by at most 12 % and sealed.
LARGEST_SEALED = 1_250_000_000
# What one account may have begun without a message that names it.
MOST_WAITING = 100


def store() -> Storage:
    return storages["sealed_files"]


def part_size(file: SealedFile, number: int) -> int:
    """Bytes that part `number` has to have; 0 where there is no such part."""
    return max(0, min(PART, file.csize - number * PART))


def begin(actor: Actor, group: Group, aid: bytes, csize: int) -> list[int]:
    """Begins or resumes an upload; the parts that are there. Raises NotAdmitted, Contradiction, TooMany."""
    if not 1 <= csize <= LARGEST_SEALED:
        raise NotAdmitted("The file is larger than a sealed group takes.", code="file")
    author = _poster(actor, group)
    with handed_to(SystemTask.ADMISSION):
        file = SealedFile.unguarded.select_related("author").filter(group=group, aid=aid.hex()).first()
        if file is None:
            waiting = SealedFile.unguarded.filter(author=author, message=None, dropped_at=None).count()
            if waiting >= MOST_WAITING:
                raise TooMany("Too many files wait for their message. Send or drop them first.", retry_after=3600)
            file = SealedFile.unguarded.create(group=group, aid=aid.hex(), author=author, csize=csize)
        if not _of_one_hand(file.author, author) or file.csize != csize or file.message_id is not None:
            raise Contradiction
        return list(FilePart.unguarded.filter(file=file).values_list("number", flat=True))


def put_part(actor: Actor, group: Group, aid: bytes, number: int, data: bytes) -> None:
    """Keeps one part; the same part again is no error. Raises Absent, NotAdmitted, Contradiction."""
    author = _poster(actor, group)
    with handed_to(SystemTask.ADMISSION):
        file = SealedFile.unguarded.select_for_update().filter(group=group, aid=aid.hex()).first()
        if file is None or not _of_one_hand(file.author, author) or file.dropped_at is not None:
            raise Absent
        if file.message_id is not None:
            raise Contradiction("The message that names this file was sent.")
        if len(data) != part_size(file, number) or not data:
            raise NotAdmitted("This part has another length than it must have.", code="file")
        if FilePart.unguarded.filter(file=file, number=number).exists():
            return
        name = store().save(f"{group.gid}/{aid.hex()}/{number}", ContentFile(data))
        FilePart.unguarded.create(group=group, file=file, number=number, size=len(data), name=name)
        facts = {"file": aid.hex(), "part": number}
        trail.record(actor.who(), Verb.SEALED_PART_STORED, trail.What("sealed_group", group.gid), facts=facts)


def get_part(group: Group, aid: bytes, number: int) -> bytes:
    """The bytes of a part. Raises Absent."""
    part = FilePart.unguarded.filter(group=group, file__aid=aid.hex(), number=number, file__dropped_at=None).first()
    if part is None or not store().exists(part.name):
        raise Absent
    with store().open(part.name) as opened:
        return bytes(opened.read())


def _poster(actor: Actor, group: Group) -> SealedAccount:
    """The asker's member account in the group. Raises Absent."""
    own = {"officer_id": actor.officer_id} if actor.officer_id else {"officer_id": None}
    row = (
        Membership.unguarded.filter(group=group, active=True, administration_id=actor.administration_id, **own)
        .select_related("account")
        .first()
    )
    if row is None:
        raise Absent
    account: SealedAccount = row.account
    return account


def require_uploaded(group: Group, author: SealedAccount, declared: list[Any]) -> Any:
    """The rows of the declared files: complete, uploaded by who sends, named by no other message. Refused: `file`."""
    names = {aid.hex(): csize for aid, csize in declared}
    if not names:
        return SealedFile.unguarded.none()
    files = SealedFile.unguarded.filter(group=group, aid__in=names)
    with admitting():
        found = {file.aid: file for file in files.select_related("author").prefetch_related("parts")}
        for aid, csize in names.items():
            file = found.get(aid)
            if file is None or not _of_one_hand(file.author, author) or file.message_id is not None or file.dropped_at:
                raise Refused(Code.FILE, "a declared file was not uploaded")
            if file.csize != csize or sum(part.size for part in file.parts.all()) != csize:
                raise Refused(Code.FILE, "a declared file is not complete")
    return files


def _of_one_hand(one: SealedAccount, other: SealedAccount) -> bool:
    """An officer's account is his own; agents of one administration send each other's files."""
    return (one.administration_id, one.officer_id) == (other.administration_id, other.officer_id)


def drop_files(message: Message) -> None:
    """Takes the bytes of a message's files out of the storage, once the act is committed."""
    for file in SealedFile.unguarded.filter(message=message, dropped_at=None):
        drop_file(file)


def drop_file(file: SealedFile) -> None:
    names = list(FilePart.unguarded.filter(file=file).values_list("name", flat=True))
    SealedFile.unguarded.filter(pk=file.pk).update(dropped_at=timezone.now())
    transaction.on_commit(lambda: delete_bytes(names))


def delete_bytes(names: list[str]) -> None:
    """Takes parts out of the storage; what is gone already is no error."""
    for name in names:
        store().delete(name)
