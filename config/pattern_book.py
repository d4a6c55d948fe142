"""The pattern book: every component of the portal on one page, for developers, pictures and tests.

Its texts are samples for developers and stay in English; the components around them are translated.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from accounts.access.portal import public

CATEGORIES = [("DRG", "Drugs"), ("TOB", "Tobacco"), ("FAU", "Wildlife, fauna"), ("WEA", "Weapons"), ("CUR", "Currency")]


class SampleForm(forms.Form):
    """One field of each kind."""

    seized_on = forms.DateField(
        label="Date of seizure",
        help_text="The day in the time zone of the office.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    place = forms.CharField(label="Place", help_text="Port, airport, post or road.", max_length=120)
    category = forms.ChoiceField(label="Category", choices=CATEGORIES)
    quantity = forms.DecimalField(label="Quantity", min_value=0, help_text="As weighed or counted.")
    container = forms.CharField(
        label="Container number",
        required=False,
        widget=forms.TextInput(attrs={"size": 14, "autocomplete": "off"}),
        help_text="Four letters and seven digits.",
    )
    trigger = forms.ChoiceField(
        label="Why was it selected?",
        widget=forms.RadioSelect,
        choices=[("RC", "Routine control"), ("RP", "Risk profile"), ("IO", "Own intelligence")],
    )
    techniques = forms.MultipleChoiceField(
        label="How was it found?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("XC", "X-ray of cargo"), ("DG-D", "Drugs dog"), ("PH", "Unloading by hand")],
        help_text="Tick all that apply.",
    )
    remarks = forms.CharField(label="Remarks", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    photo = forms.FileField(label="Photo", required=False)
    joint = forms.BooleanField(label="Made together with another administration", required=False)


def samples() -> dict[str, Any]:
    """The context of templates/layout/pattern_book.html, the same at every call."""
    moment = datetime(2026, 11, 21, 8, 40, tzinfo=UTC)
    refused = SampleForm(
        {"refused-category": "DRG", "refused-quantity": "-5", "refused-container": "MSKU 482910 7"},
        MultiValueDict({"refused-photo": [SimpleUploadedFile("empty.jpg", b"")]}),
        prefix="refused",
    )
    refused.add_error(None, "Departure and destination are the same place.")
    return {
        "moment": moment,
        "day": date(2026, 11, 21),
        "sample_form": SampleForm(prefix="fresh"),
        "refused_form": refused,
        "trail": [("Home", "#"), ("Own cases", "#"), ("XA-2026-004182", "")],
        "chips": [{"label": "Category: Drugs", "url": "#"}, {"label": "Departure: Ecuador", "url": "#"}],
        "states": ["draft", "submitted", "released", "returned", "published", "withdrawn", "possible_duplicate"],
        "codes": ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"],
        "legs": [("EC", "Guayaquil"), ("ES", "Algeciras"), ("BE", "Antwerp")],
        "icons": ["home", "case", "seizure", "incident", "validate", "release", "inbox", "bell", "upload", "download"],
        "rows": [
            {"label": "Category", "value": "Drugs, cocaine", "url": "#"},
            {"label": "Place", "value": "Antwerp, quay 869", "hint": "BEANR", "url": "#"},
            {"label": "Detection", "value": "X-ray of cargo"},
            {"label": "Purity", "value": ""},
        ],
        "identifiers": [
            {"kind": "Container", "value": "CSQU3054383", "check": "ok"},
            {
                "kind": "Container",
                "value": "CSQU3054388",
                "check": "amber",
                "sentence": "The check digit should be 3",
                "suggestion": "CSQU3054383",
            },
            {"kind": "Seal", "value": "7714-02", "check": ""},
        ],
        "steps": [
            {"label": "Upload", "state": "done", "url": "#"},
            {"label": "Match columns", "state": "done", "url": "#"},
            {"label": "Check", "state": "current"},
            {"label": "Send", "state": ""},
        ],
        "events": [
            {"label": "Released", "at": moment, "who": "Amira Haddad", "text": "Weighed again, 1 240 kg net."},
            {"label": "Recorded", "at": moment - timedelta(hours=5), "who": "Alice Okoro"},
        ],
        "headings": [{"label": "Reference"}, {"label": "Goods"}, {"label": "Quantity", "number": True}],
        "table_rows": [
            [
                {"value": "XA-2026-004182", "url": "#"},
                {"value": "Cocaine", "label": "Goods"},
                {"value": "1 240 kg", "label": "Quantity", "number": True},
            ],
            [
                {"value": "XB-2026-000317", "url": "#"},
                {"value": "Cigarettes", "label": "Goods"},
                {"value": "380 000 pieces", "label": "Quantity", "number": True},
            ],
        ],
    }


@public("Samples hold no data; the page exists in demonstration and test mode only.", methods=("GET",))
def pattern_book(request: HttpRequest) -> HttpResponse:
    """Every component on one page."""
    return render(request, "layout/pattern_book.html", samples())
