"""Names of what can be done to an object. A policy says for each model which of them exist."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    VISIT = "visit"
    READ = "read"
    LIST = "list"
    CREATE = "create"
    AMEND = "amend"
    DISCARD = "discard"
    CHECK = "check"
    SEND_BACK = "send_back"
    SUBMIT = "submit"
    RELEASE = "release"
    RECALL = "recall"
    CORRECT = "correct"
    ABANDON = "abandon"
    WITHDRAW = "withdraw"
    VALIDATE = "validate"
    QUEUE = "queue"
    LINK = "link"
    MOVE = "move"
    READ_NOMINAL = "read_nominal"
    LOOK_UP = "look_up"
    SEARCH_IDENTIFIER = "search_identifier"
    ASK = "ask"
    GRANT = "grant"
    REVOKE = "revoke"
    ISSUE = "issue"
    ACKNOWLEDGE = "acknowledge"
    IMPORT = "import"
    IMPORT_BY_COUNTRY = "import_by_country"
    INVITE = "invite"
    SUSPEND = "suspend"
    RESET_FACTOR = "reset_factor"
