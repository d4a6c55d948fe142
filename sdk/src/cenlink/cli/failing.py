"""Every failure in one plain line on standard error, with an exit code that programs can act on.

0 done, 1 error, 2 usage, 3 sign-in or unlocking, 4 not found, 5 refused, 6 conflict, 7 too many.
"""

from __future__ import annotations

from typing import Any

import click

from cenlink.cli.saying import told
from cenlink.sealed.client.folder import Unusable
from cenlink.sealed.client.http import Unreachable
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import ServerSaidNo

ERROR, SIGN_IN, NOT_FOUND, REFUSED, CONFLICT, TOO_MANY = 1, 3, 4, 5, 6, 7
_BY_STATUS = {401: SIGN_IN, 403: SIGN_IN, 404: NOT_FOUND, 409: CONFLICT, 429: TOO_MANY}
_HINTS = {
    401: "Check the credential in CENLINK_TOKEN_FILE.",
    403: "The credential needs the scope `sealed`.",
}


class Failed(click.ClickException):
    """Ends the command with this line and exit code."""

    def __init__(self, message: str, exit_code: int = ERROR) -> None:
        super().__init__(message)
        setattr(self, "exit_code", exit_code)  # noqa: B010  (a class variable for click's types)

    def show(self, file: Any = None) -> None:
        told(self.message)


def of_server(no: ServerSaidNo) -> Failed:
    client_fault = 400 <= no.status < 500
    code = _BY_STATUS.get(no.status, REFUSED if client_fault else ERROR)
    return Failed(" ".join([no.sentence, _HINTS.get(no.status, "")]).strip(), code)


def of_refusal(refused: Refused) -> Failed:
    code = CONFLICT if refused.code is Code.ORDER else REFUSED
    return Failed(str(refused), code)


class PlainGroup(click.Group):
    """A group of commands whose failures are one line and never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            raise of_refusal(refused) from None
        except ServerSaidNo as no:
            raise of_server(no) from None
        except (Unreachable, Unusable) as error:
            raise Failed(str(error)) from None
        except FileExistsError as error:
            raise Failed(f"{error.args[-1]}; name another file.", CONFLICT) from None
        except OSError as error:
            raise Failed(f"{error.filename or 'The machine'}: {error.strerror or error}") from None
