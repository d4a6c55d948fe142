"""Makes what a trial publishes from and to: `python -m config.chaos.seed NUMBER PORT`, as a JSON list of ids."""

from __future__ import annotations

import json
import os
import sys

import django


def seed(number: int, port: int) -> list[int]:
    """So many active administrations, each with a webhook at the receivers' port (0: none); returns their ids."""
    from django.db import transaction

    from accounts.access.row_security import acting_as
    from accounts.actor import SystemTask, system
    from accounts.models import Administration
    from alerts.actions.starting import start_desks
    from alerts.models import Channel, Endpoint
    from alerts.outgoing.sealing import new_secret, seal
    from config.chaos.publishing import OWNER
    from config.demonstration.cases import desk_of

    desk_of(OWNER)
    everybody = Administration.unguarded.filter(active=True)
    owner = everybody.get(code=OWNER)
    chosen = [owner, *everybody.exclude(pk=owner.pk).order_by("code")[: number - 1]]
    keys = [one.pk for one in chosen]
    # The directory has fewer than a long trial may want; no administration has a code of this kind.
    for one in range(number - len(keys)):
        more = Administration.unguarded.create(
            code=f"X{one}", name_en=f"Invented for the trial {one}", region=owner.region, time_zone="UTC"
        )
        chosen.append(more)
        keys.append(more.pk)
    Administration.unguarded.exclude(pk__in=keys).update(active=False)
    with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
        start_desks()
        for one in chosen if port else ():
            endpoint = Endpoint(channel=Channel.WEBHOOK, administration=one, name="trial")
            endpoint.url = f"http://127.0.0.1:{port}/{one.pk}"
            endpoint.secret_sealed = seal(new_secret(), endpoint.pk)
            endpoint.save(force_insert=True)
    return keys


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(seed(int(sys.argv[1]), int(sys.argv[2]))))
