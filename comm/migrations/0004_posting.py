"""Posting in two statements: functions whose plans PostgreSQL keeps, and walls that ask the cheap question first.

The functions run with the rights of who calls them, so the walls hold inside them as outside.
"""

from __future__ import annotations

import importlib

from django.db import migrations

from accounts.access.row_security import SYSTEM

_walls = importlib.import_module("comm.migrations.0002_walls")

# PostgreSQL asks the sides of an `or` in the order in which they stand: the task that admits needs no look-up.
_OF_GROUP = {
    "comm_group": "gid",
    **{f"comm_{table}": "group_id" for table in ("grouplink", "message", "sealedfile", "filepart")},
}
_READ = {
    **{table: _walls.member_of(column) for table, column in _OF_GROUP.items()},
    "comm_wrap": f"({_walls.OWN_WRAP} and {_walls.member_of('group_id')})",
    **{f"comm_{table}": _walls.OWN for table in ("membership", "keystore", "pins", "devicerequest")},
}

STANDING = """
create function comm_standing(in asked text, in link bigint, in gid text, in last integer,
    out administration bigint, out officer uuid, out typ text,
    out newest bigint, out link_digest bytea, out group_newest integer, out group_digest bytea)
language plpgsql stable as $$
begin
    select a.administration_id, a.officer_id, a.typ into administration, officer, typ
        from comm_sealedaccount a where a.uid = asked;
    newest := coalesce((select max(d.leaf_id) from comm_directorylink d), -1);
    link_digest := (select sha256(d.raw) from comm_directorylink d where d.leaf_id = link);
    group_newest := coalesce((select max(g.seq) from comm_grouplink g where g.group_id = gid), -1);
    group_digest := (select sha256(g.raw) from comm_grouplink g where g.group_id = gid and g.seq = last);
end $$;
"""

# Volatile, so that what follows the lock sees what was committed while it was waited for.
LOCK_AND_LOOK = """
create function comm_lock_and_look(in asked text, in hash bytea, in uid text, in device text, in seen bigint,
    in most integer,
    out seq integer, out count bigint, out mark bytea, out again bigint, out last_ctr bigint, out seen_mark bytea,
    out in_a_minute integer)
language plpgsql volatile as $$
begin
    select g.seq, g.count, g.mark into seq, count, mark from comm_group g where g.gid = asked for update;
    again := (select m.i from comm_message m where m.group_id = asked and m.lhash = hash);
    last_ctr := (select m.ctr from comm_message m where m.group_id = asked and m.author_id = uid and m.dev = device
        order by m.ctr desc limit 1);
    seen_mark := (select m.mark from comm_message m where m.group_id = asked and m.i = seen);
    in_a_minute := (select count(*) from (select from comm_message m where m.author_id = uid
        and m.received_at > clock_timestamp() - interval '1 minute' limit most) recent);
end $$;
"""

# Null, and nothing kept, where the chains of accounts have moved on: the lock on the order stays.
KEEP = """
create function comm_keep(in order_lock bigint, in newest bigint, in gid_ text, in i_ bigint, in mark_ bytea,
    in lhash_ bytea, in uid text, in device text, in ctr_ bigint, in raw_ bytea, in ct_ bytea) returns bigint
language plpgsql volatile as $$
declare
    now_ timestamptz;
    leaf bigint;
begin
    perform pg_advisory_xact_lock(order_lock);
    if coalesce((select max(d.leaf_id) from comm_directorylink d), -1) <> newest then
        return null;
    end if;
    now_ := clock_timestamp();
    insert into comm_leaf (index, kind, chain, position, lhash, received_at)
        values ((select coalesce(max(l.index) + 1, 0) from comm_leaf l), 'msg', gid_, i_, lhash_, now_)
        returning index into leaf;
    update comm_group set count = i_, mark = mark_ where gid = gid_;
    insert into comm_message (leaf_id, group_id, i, lhash, mark, author_id, dev, ctr, raw, ct, received_at)
        values (leaf, gid_, i_, lhash_, mark_, uid, device, ctr_, raw_, ct_, now_);
    return leaf;
end $$;
"""


def _asked(first: str) -> list[str]:
    orders = {"system": f"{SYSTEM} or {{0}}", "member": f"{{0}} or {SYSTEM}"}
    return [f"alter policy readable on {table} using ({orders[first].format(read)})" for table, read in _READ.items()]


class Migration(migrations.Migration):
    dependencies = [("comm", "0003_author_index")]

    operations = [
        migrations.RunSQL(sql=_asked("system"), reverse_sql=_asked("member")),
        migrations.RunSQL(sql=STANDING, reverse_sql="drop function comm_standing"),
        migrations.RunSQL(sql=LOCK_AND_LOOK, reverse_sql="drop function comm_lock_and_look"),
        migrations.RunSQL(sql=KEEP, reverse_sql="drop function comm_keep"),
    ]
