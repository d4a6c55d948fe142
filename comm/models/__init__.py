"""What the server keeps of sealed groups: signed links, ciphertext, wraps. No title, name or text stands in clear."""

from __future__ import annotations

from comm.models.account import Authority, SealedAccount
from comm.models.directory import DirectoryLink, Leaf
from comm.models.group import Group, GroupLink, GroupUserObjectPermission, Membership, Wrap
from comm.models.keys import DeviceRequest, KeyStore, Pins
from comm.models.message import FilePart, Message, SealedFile

__all__ = [
    "Authority",
    "DeviceRequest",
    "DirectoryLink",
    "FilePart",
    "Group",
    "GroupLink",
    "GroupUserObjectPermission",
    "KeyStore",
    "Leaf",
    "Membership",
    "Message",
    "Pins",
    "SealedAccount",
    "SealedFile",
    "Wrap",
]
