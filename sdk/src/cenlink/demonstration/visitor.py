"""The sealed addresses as a person of the demonstration uses them: by session and form secret."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from cenlink.sealed.client.http import HttpServer, NoDetours, Unreachable

_SECRET = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')


class NoDemonstration(Exception):
    """The server has no such person to step into."""


class VisitorServer(HttpServer):
    """Steps into the person with this key, as a click on the sign-in page does."""

    def __init__(self, address: str, person: str) -> None:
        """Raises NoDemonstration where the server is none, ValueError for an address without TLS elsewhere."""
        super().__init__(address, "")
        jar = CookieJar()
        # The demonstration answers on this machine only, so no proxy stands between.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar), NoDetours
        )
        site = address.rstrip("/")
        secret = _SECRET.search(self.page(f"{site}/sign-in"))
        if secret is None:
            raise NoDemonstration("the sign-in page has no form")
        form = urlencode({"csrfmiddlewaretoken": secret[1], "next": "/"}).encode()
        self.page(f"{site}/sign-in/as/{person}", form)
        # Signing in renews the secret.
        self._secret = next((cookie.value or "" for cookie in jar if cookie.name.endswith("opencen-form")), "")

    def page(self, address: str, form: bytes | None = None) -> str:
        """The text of a page; nothing of one that leads elsewhere. Raises NoDemonstration, Unreachable."""
        try:
            with self._opener.open(address, form, timeout=self._patience) as answer:
                return self._bounded(answer).decode()
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 302:
                    return ""
                raise NoDemonstration(f"{address} answers {error.code}") from None
        except (OSError, HTTPException) as error:
            raise Unreachable(f"{address} does not answer: {error}") from None

    def _credential(self) -> dict[str, str]:
        return {"X-CSRFToken": self._secret}
