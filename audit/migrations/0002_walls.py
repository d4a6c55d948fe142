"""Row security of the trail: everybody writes, an administration reads what concerns it.

This room imports no other, so the conditions stand here in full (see accounts.access.row_security).
"""

from __future__ import annotations

from django.db import migrations

_MINE = "(select nullif(current_setting('opencen.administration', true), '')::bigint)"
_OFFICE = "(select nullif(current_setting('opencen.liaison_office', true), '')::bigint)"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=f"""
            alter table audit_event enable row level security;
            alter table audit_event force row level security;
            create policy written_by_all on audit_event for insert with check (true);
            create policy read_by_whom_it_concerns on audit_event for select using (
                administration_id = {_MINE} or owner_administration_id = {_MINE}
                or liaison_office_id = {_OFFICE}
                or (select current_setting('opencen.seat', true)) = 'system'
            );
            do $$ begin
                if exists (select 1 from pg_roles where rolname = 'opencen_app') then
                    revoke update, delete, truncate on audit_event from opencen_app;
                end if;
            end $$;
            """,
            reverse_sql="""
            drop policy written_by_all on audit_event;
            drop policy read_by_whom_it_concerns on audit_event;
            alter table audit_event no force row level security;
            alter table audit_event disable row level security;
            """,
        )
    ]
