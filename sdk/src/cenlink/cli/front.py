"""`cenlink` itself: what holds for all commands."""

from __future__ import annotations

from pathlib import Path

import click

from cenlink.cli.authorities import authority, draft, key, root
from cenlink.cli.bulletins import bulletin
from cenlink.cli.checking import evidence, verify
from cenlink.cli.desks import desk
from cenlink.cli.enrolment import enrol, link, passphrase, reset, rotate
from cenlink.cli.failing import PlainGroup
from cenlink.cli.groups import group, groups
from cenlink.cli.messages import attach, post, read, save
from cenlink.cli.session import Session


@click.group(cls=PlainGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="CENLINK_STATE",
    default=lambda: Path.home() / ".local" / "state" / "cenlink",
    show_default="~/.local/state/cenlink",
    help="The folder of what was seen; closed to others, one program at a time.",
)
@click.option("--server", envvar="CENLINK_SERVER", help="Address of OpenCEN; remembered in the folder.")
@click.option("--network", envvar="CENLINK_NETWORK", help="Id of the network; remembered in the folder.")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="CENLINK_PASSPHRASE_FILE",
    help="A file of mode 0600; or the variable CENLINK_PASSPHRASE.",
)
@click.option(
    "--secret-key-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="CENLINK_SECRET_KEY_FILE",
    help="Needed where this machine was not remembered; or the variable CENLINK_SECRET_KEY.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def cenlink(
    ctx: click.Context,
    state: Path,
    server: str | None,
    network: str | None,
    passphrase_file: Path | None,
    secret_key_file: Path | None,
    as_json: bool,
) -> None:
    """Sealed groups of OpenCEN, for officers and for an administration's own systems.

    The credential of the server is read from CENLINK_TOKEN_FILE or CENLINK_TOKEN. Exit codes: 0 done, 1 error,
    2 usage, 3 sign-in or unlocking, 4 not found, 5 refused, 6 conflict, 7 too many.
    """
    session = ctx.obj if isinstance(ctx.obj, Session) else Session()
    session.folder, session.address, session.network = state, server, network
    session.passphrase_file, session.secret_key_file, session.as_json = passphrase_file, secret_key_file, as_json
    ctx.obj = session
    ctx.call_on_close(session.close)


for command in (
    *(enrol, link, rotate, reset, passphrase, groups, group, read, post, attach, save, bulletin, desk),
    *(verify, evidence, root, authority, key, draft),
):
    cenlink.add_command(command)
