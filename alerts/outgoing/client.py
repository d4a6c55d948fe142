"""The client: asks our resolver and our socket maker for every connection, follows nothing, waits for nobody long."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from accounts.refusals import Refusal
from alerts.outgoing import limits
from alerts.outgoing.addresses import read, refusal
from alerts.outgoing.answers import Answer, Trouble, judged

AGENT = "OpenCEN-webhooks/1"


class NotAllowed(OSError):
    """The host resolves to nothing that may be asked, or a connection would leave to such an address."""


class _Resolver(AbstractResolver):
    """Yields only addresses that may be asked: they are the ones connected to, so a name can't change in between."""

    def __init__(self, *, plain: bool) -> None:
        self._plain, self._system = plain, ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        kept = [one for one in found if not refusal(one["host"], port, plain=self._plain)]
        if not kept:
            raise NotAllowed(host)
        return kept

    async def close(self) -> None:
        await self._system.close()


class Client:
    """Two pools of connections, since http may go to fewer addresses than https. To be used in one event loop."""

    def __init__(self) -> None:
        self._sessions = {plain: _session(plain=plain) for plain in (False, True)}

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends once and says what became of it; never raises for what another server or network does."""
        try:
            target = read(url)
            # A literal address is asked without a resolver.
            if target.literal and refusal(target.literal, target.port, plain=target.plain):
                return Answer(trouble=Trouble.REFUSED)
            async with asyncio.timeout(limits.total()):
                return await self._post(self._sessions[target.plain], url, body, headers)
        except (Refusal, NotAllowed):
            return Answer(trouble=Trouble.REFUSED)
        except TimeoutError:
            return Answer(trouble=Trouble.TOO_SLOW)
        except (aiohttp.ClientSSLError, ssl.SSLError):
            return Answer(trouble=Trouble.TLS)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, NotAllowed):
                return Answer(trouble=Trouble.REFUSED)
            unknown = isinstance(error, aiohttp.ClientConnectorDNSError)
            return Answer(trouble=Trouble.UNKNOWN_HOST if unknown else Trouble.UNREACHABLE)
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError, aiohttp.InvalidURL, ValueError):
            return Answer(trouble=Trouble.UNREADABLE)
        except (aiohttp.ClientError, OSError):
            return Answer(trouble=Trouble.BROKEN_OFF)

    @staticmethod
    async def _post(session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        async with session.post(url, data=body, headers=dict(headers), allow_redirects=False) as response:
            given = response.headers
            answer = judged(response.status, given.get("Retry-After", ""), given.get("Date", ""))
            length = response.content_length
            if length is None or length > limits.ANSWER_BYTES:
                # Whatever it goes on to send is not for us.
                response.close()
            return answer


def _session(*, plain: bool) -> aiohttp.ClientSession:
    def made(info: Any) -> socket.socket:
        family, kind, protocol, _name, address = info
        if refusal(str(address[0]), int(address[1]), plain=plain):
            raise NotAllowed(str(address[0]))
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(
        resolver=_Resolver(plain=plain),
        use_dns_cache=False,
        limit=limits.AT_ONCE,
        ssl=False if plain else ssl.create_default_context(),
        socket_factory=made,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=limits.CONNECT, sock_connect=limits.CONNECT),
        headers={"User-Agent": AGENT},
        auto_decompress=False,
        trust_env=False,
        read_bufsize=limits.ANSWER_BYTES,
    )
