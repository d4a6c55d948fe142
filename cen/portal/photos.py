"""Images of an own case: look, upload, describe, remove."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Absent, Finding, RulesBroken
from cen.actions.media import KINDS, LONGEST_CAPTION, Description, add, describe, remove
from cen.codelists import lists
from cen.images.cleaning import LARGEST_FILE, SENTENCES
from cen.images.serving import image_response
from cen.models import Case, Media

MOST_AT_ONCE = 12


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; their content is looked at by the act, not here."""

    widget = SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp,image/tiff"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError(_("Choose at least one image."), code="required")
        if len(files) > MOST_AT_ONCE:
            raise forms.ValidationError(_("Upload at most 12 images at once."), code="too_many")
        return list(files)


class DescriptionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=lambda: [pair for pair in lists.choices("media_kind") if pair[0] in KINDS],
        initial="PHOTO",
        widget=forms.RadioSelect,
    )
    caption = forms.CharField(
        label=_("Caption"),
        help_text=_("No names, plates or numbers of documents."),
        max_length=LONGEST_CAPTION,
        required=False,
    )
    shows = forms.MultipleChoiceField(
        label=_("It shows"),
        choices=lambda: lists.choices("media_shows"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    exceptional = forms.BooleanField(label=_("Exceptional: worth showing in training and reports"), required=False)
    shared = forms.BooleanField(
        label=_("Shared: it leaves with the next release"),
        help_text=_("An image that shows a person never leaves."),
        required=False,
        initial=True,
    )

    def said(self) -> Description:
        """The answers as the act takes them."""
        given = {name: self.cleaned_data[name] for name in ("kind", "caption", "shows", "exceptional", "shared")}
        return Description(**given)

    def show(self, finding: Finding, about: str = "") -> None:
        """Puts a finding at its field; `about` names the file it is about."""
        name = {"file": "images"}.get(finding.pointer, finding.pointer)
        self.add_error(
            name if name in self.fields else None,
            forms.ValidationError(f"{about}: {finding.sentence}" if about else finding.sentence, code=finding.code),
        )


class UploadForm(DescriptionForm):
    images = FilesField(
        label=_("Images"),
        help_text=_("JPEG, PNG, WebP or TIFF, at most 15 MB each. Place, time and camera are taken out."),
    )
    field_order = ("images",)


@page(Case, Action.READ, load="case_id", by="pk", post=Action.AMEND)
def photos(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The images of the case, and the form that adds some. What is taken is kept; what is not is told by name."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        for file in form.cleaned_data["images"]:
            try:
                # Not even read where it is too large.
                if file.size > LARGEST_FILE:
                    raise RulesBroken([Finding("media_bytes", str(SENTENCES["media_bytes"]), "file")])
                add(actor, case, file.read(), file_name=file.name, said=form.said())
            except RulesBroken as refusal:
                for finding in refusal.findings:
                    form.show(finding, file.name if finding.pointer == "file" else "")
        if not form.errors:
            return redirect("photos", case.pk)
    context = {
        "case": case,
        "images": policy_for(Media).visible_to(actor).filter(case=case),
        "may_change": policy_for(Case).allows(actor, Action.AMEND, case),
        "form": form,
    }
    return render(request, "cen/photos/list.html", context, status=422 if form.errors else 200)


@page(Media, Action.READ, load="media_id", by="pk", post=Action.AMEND)
def photo(request: HttpRequest, actor: Actor, media: Media) -> HttpResponse:
    """One image, and what is said of it."""
    said = {name: getattr(media, name) for name in ("kind", "caption", "shows", "exceptional", "shared")}
    form = DescriptionForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            describe(actor, media, form.said())
            return redirect("photos", media.case_id)
        except RulesBroken as refusal:
            for finding in refusal.findings:
                form.show(finding)
    context = {
        "media": media,
        "case": policy_for(Case).visible_to(actor).get(pk=media.case_id),
        "form": form,
        "may_change": policy_for(Media).allows(actor, Action.AMEND, media),
    }
    return render(request, "cen/photos/one.html", context, status=422 if form.errors else 200)


@page(Media, Action.DISCARD, load="media_id", by="pk", methods=("POST",))
def remove_photo(request: HttpRequest, actor: Actor, media: Media) -> HttpResponse:
    """Takes the image out of its case."""
    case_id = media.case_id
    remove(actor, media)
    return redirect("photos", case_id)


@page(Case, Action.READ, load="case_id", by="pk", methods=("GET",))
def own_image(request: HttpRequest, actor: Actor, case: Case, sha256: str) -> HttpResponse:
    """An image of the case, or its thumbnail; each is checked as itself."""
    rows = policy_for(Media).visible_to(actor).filter(case=case)
    if not any(sha256 in pair for pair in rows.values_list("sha256", "thumbnail_sha256")):
        raise Absent
    return image_response(request, sha256)
