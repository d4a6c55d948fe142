"""The web application for WSGI servers."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402  (needs the settings' name above)

from config.checks import refuse_unsafe_start  # noqa: E402  (needs the loaded apps)

refuse_unsafe_start()
if settings.TRUSTED_PROXIES:
    # Behind a proxy every request would come from one address, and one guesser would lock everybody out.
    application = wrap_wsgi_with_proxy_headers(application, list(settings.TRUSTED_PROXIES))
