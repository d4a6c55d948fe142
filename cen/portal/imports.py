"""The import in the portal: choose a file, match columns, check, send, take the bad rows back."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Absent, Refusal
from cen.actions.import_work import report_of
from cen.actions.imports import bad_rows, cancel, match, send, start
from cen.codelists import lists
from cen.imports.mapping import parse
from cen.imports.refused import FileRefused, MappingRefused
from cen.imports.workbook import PREFIX, template_names, write_template
from cen.models import ImportBatch, ImportRow
from cen.models.import_batch import BatchState
from cen.portal.import_forms import MatchForm, SendForm, UploadForm

LISTED = 50
# Rows with findings on one page.
ROWS = 50
WORKING = frozenset({BatchState.CHECKING, BatchState.SENDING})
# Kept in memory up to here, then in a file without a name.
IN_MEMORY = 1024 * 1024
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(ImportBatch, Action.LIST, methods=("GET",))
def imports(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The latest imports of the administration, or of the Secretariat by country column."""
    policy = policy_for(ImportBatch)
    rows = policy.visible_to(actor, Action.LIST).select_related("started_by").order_by("-started_at")[:LISTED]
    context = {
        "imports": rows,
        "may_import": policy.possible(actor, Action.IMPORT) is None,
        "may_by_country": policy.possible(actor, Action.IMPORT_BY_COUNTRY) is None,
    }
    return render(request, "cen/imports/list.html", context)


@page(ImportBatch, Action.IMPORT)
def new_import(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose a file and how it is laid out."""
    return _uploaded(request, actor, by_country=False)


@page(ImportBatch, Action.IMPORT_BY_COUNTRY)
def new_import_by_country(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same for the Secretariat: each row's country says whose draft it becomes."""
    return _uploaded(request, actor, by_country=True)


def _uploaded(request: HttpRequest, actor: Actor, *, by_country: bool) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, by_country=by_country)
    if request.method == "POST" and form.is_valid():
        given: Any = form.cleaned_data["file"]
        try:
            batch = start(
                actor,
                given.file,
                name=given.name,
                mapping=form.chosen(),
                by_country=by_country,
                unmatched=form.unmatched,
            )
            return redirect("match_import" if form.unmatched else "import", batch.pk)
        except (FileRefused, MappingRefused) as refusal:
            form.add_error("file" if isinstance(refusal, FileRefused) else "mapping", str(refusal.sentence))
    context = {"form": form, "by_country": by_country}
    return render(request, "cen/imports/upload.html", context, status=422 if form.errors else 200)


@page(ImportBatch, Action.READ, load="import_id", by="pk")
def match_columns(request: HttpRequest, actor: Actor, batch: ImportBatch) -> HttpResponse:
    """Which column goes where, with the first values beside it."""
    if batch.state != BatchState.UPLOADED:
        return redirect("import", batch.pk)
    form = MatchForm(
        request.POST or None,
        columns=batch.counts.get("columns", []),
        samples=batch.counts.get("samples", []),
        by_country=batch.by_country,
        encoding=parse(batch.mapping_text).layout.encoding,
    )
    if request.method == "POST" and form.is_valid():
        try:
            match(actor, batch, form.mapping())
            return redirect("import", batch.pk)
        except MappingRefused as refusal:
            form.add_error(None, str(refusal.sentence))
    return render(
        request, "cen/imports/match.html", {"import": batch, "form": form}, status=422 if form.errors else 200
    )


@page(ImportBatch, Action.READ, load="import_id", by="pk", methods=("GET",))
def one_import(request: HttpRequest, actor: Actor, batch: ImportBatch) -> HttpResponse:
    """Where the import stands: progress, report, and what there is to say about each row."""
    if batch.state == BatchState.UPLOADED:
        return redirect("match_import", batch.pk)
    counted = batch.state in {BatchState.CHECKED, BatchState.DONE}
    report = report_of(batch).as_dict() if counted else {}
    after = _number(request.GET.get("after"))
    found = policy_for(ImportRow).visible_to(actor).filter(batch=batch, row__gt=after).exclude(findings=[])
    rows = list(found.order_by("row")[: ROWS + 1]) if counted else []
    context = {
        "import": batch,
        "working": batch.state in WORKING,
        "percent": _percent(batch),
        "report": report,
        "figures": _figures(report),
        "rows": rows[:ROWS],
        "next": rows[ROWS - 1].row if len(rows) > ROWS else None,
        "steps": _steps(batch),
        "form": SendForm() if batch.state == BatchState.CHECKED else None,
        "left": report.get("refused", 0) + report.get("waiting", 0),
    }
    return render(request, "cen/imports/import.html", context)


@page(ImportBatch, Action.READ, load="import_id", by="pk", methods=("POST",))
def send_import(request: HttpRequest, actor: Actor, batch: ImportBatch) -> HttpResponse:
    """Has the good rows recorded."""
    form = SendForm(request.POST)
    send(actor, batch, keep_duplicates=form.is_valid() and form.cleaned_data["keep_duplicates"])
    return redirect("import", batch.pk)


@page(ImportBatch, Action.READ, load="import_id", by="pk", methods=("POST",))
def cancel_import(request: HttpRequest, actor: Actor, batch: ImportBatch) -> HttpResponse:
    """Ends an import of which nothing was recorded yet."""
    cancel(actor, batch)
    return redirect("imports")


@page(ImportBatch, Action.READ, load="import_id", by="pk", methods=("GET",))
def rows_to_correct(request: HttpRequest, actor: Actor, batch: ImportBatch) -> Any:
    """The rows that were not recorded, as a file that can be corrected and sent again."""
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (the response closes it)
    # With its mark, so that sheet programs read the letters right.
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    bad_rows(actor, batch, text)
    text.detach()
    out.seek(0)
    stem = batch.file_name.rpartition(".")[0] or "rows"
    return FileResponse(
        out, as_attachment=True, filename=f"{stem}-to-correct.csv", content_type="text/csv; charset=utf-8"
    )


@page(ImportBatch, Action.LIST, methods=("GET",))
def workbooks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The workbook of each category."""
    codes = [name.removeprefix(PREFIX).upper() for name in template_names()]
    rows = [(code, lists.label("category", code)) for code in codes]
    return render(request, "cen/imports/workbooks.html", {"rows": rows})


@page(ImportBatch, Action.LIST, methods=("GET",))
def workbook(request: HttpRequest, actor: Actor, category: str) -> Any:
    """One workbook, made when it is asked for, in the language of the person."""
    out = io.BytesIO()
    try:
        write_template(category, out)
    except Refusal:
        raise Absent from None
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"opencen-{category.lower()}.xlsx", content_type=_MEDIA_TYPE)


@dataclass(frozen=True, slots=True)
class Step:
    label: Any
    state: str
    url: str = ""


def _steps(batch: ImportBatch) -> list[Step]:
    """Where the import stands on its way."""
    at = {BatchState.CHECKING: 1, BatchState.CHECKED: 2, BatchState.SENDING: 2}.get(BatchState(batch.state), 3)
    labels = (_("Choose a file"), _("Check"), _("Record"), _("Done"))
    return [Step(label, "done" if n < at else "current" if n == at else "") for n, label in enumerate(labels)]


def _percent(batch: ImportBatch) -> int:
    return min(100, batch.position * 100 // batch.total_rows) if batch.total_rows else 0


def _figures(report: dict[str, Any]) -> list[tuple[Any, Any]]:
    if not report:
        return []
    return [
        (_("Rows"), report["rows"]),
        (_("Cases"), report["cases"]),
        (_("Good rows"), report["accepted"]),
        (_("Of these with a note"), report["warned"]),
        (_("Refused rows"), report["refused"]),
        (_("Duplicates to confirm"), report["waiting"]),
    ]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
