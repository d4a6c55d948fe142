"""Forms: label, hint and error at the field, a summary on top, and nobody's text becomes markup."""

from __future__ import annotations

import re

from django import forms
from django.forms import formset_factory

from accounts.templatetags.opencen import error_links
from config.pattern_book import SampleForm

HOSTILE = '"><script>alert(1)</script>'


def tag_of(html: str, name: str) -> str:
    found = re.search(rf'<(?:input|select|textarea)\b[^>]*\sname="{name}"[^>]*>', html)
    assert found, name
    return found.group(0)


def test_a_fresh_field_has_its_label_and_its_hint() -> None:
    html = str(SampleForm())
    assert '<label for="id_place">Place</label>' in html
    assert '<div class="hint" id="id_place_helptext">' in html
    assert 'aria-describedby="id_place_helptext"' in tag_of(html, "place")
    assert "aria-invalid" not in html
    assert "error-summary" not in html


def test_what_may_be_left_out_says_so() -> None:
    html = str(SampleForm())
    assert re.search(r'<label for="id_remarks">Remarks <span class="optional">\(optional\)</span></label>', html)
    assert html.count("(optional)") == 4


def test_a_wrong_answer_is_marked_at_its_field_and_read_with_it() -> None:
    html = str(SampleForm({"quantity": "-5"}))
    control = tag_of(html, "quantity")
    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="id_quantity_helptext id_quantity_error"' in control
    assert 'id="id_quantity_error"' in html
    assert "field-wrong" in html
    assert "aria-invalid" not in tag_of(html, "remarks")


def test_choices_stand_in_a_fieldset_that_carries_hint_and_error() -> None:
    html = str(SampleForm({}))
    assert '<fieldset aria-describedby="id_trigger_error">' in html
    assert '<fieldset aria-describedby="id_techniques_helptext">' in html
    assert html.count("<legend>") == 2
    assert "aria-invalid" not in tag_of(html, "trigger")
    assert 'for="id_trigger_0"' in html


def test_the_summary_links_to_the_place_of_each_error() -> None:
    form = SampleForm({"quantity": "-5"})
    form.add_error(None, "Departure and destination are the same place.")
    html = str(form)
    summary = html.partition('<section class="error-summary"')[2].partition("</section>")[0]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == ["id_seized_on", "id_place", "id_category", "id_quantity", "id_trigger_0"]
    assert all(f'id="{target}"' in html for target in targets)
    assert "<li>Departure and destination are the same place.</li>" in summary
    assert html.index("error-summary") < html.index("id_seized_on")


def test_hostile_answers_labels_hints_and_errors_stay_text() -> None:
    class Hostile(forms.Form):
        text = forms.CharField(label=HOSTILE, help_text=HOSTILE)
        one = forms.ChoiceField(label=HOSTILE, choices=[(HOSTILE, HOSTILE)], widget=forms.RadioSelect)
        several = forms.MultipleChoiceField(choices=[(HOSTILE, [(HOSTILE, HOSTILE)])])

    form = Hostile({"text": HOSTILE, "one": HOSTILE, "several": [HOSTILE]})
    form.add_error("text", HOSTILE)
    form.add_error(None, HOSTILE)
    html = str(form) + form["text"].as_field_group()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert 'value="&quot;&gt;&lt;script&gt;' in html


def test_a_field_alone_comes_out_as_in_the_form() -> None:
    form = SampleForm({})
    assert str(form["place"].as_field_group()) in str(form)


def test_the_errors_of_a_formset_are_gathered_in_one_summary() -> None:
    goods = formset_factory(SampleForm, extra=0)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-1-place": "Antwerp"}
    html = str(goods(data))
    assert html.count("error-summary") == 1
    assert 'href="#id_form-0-place"' in html
    assert 'href="#id_form-1-place"' not in html
    assert 'name="form-TOTAL_FORMS"' in html


def test_no_form_and_no_error_give_an_empty_summary() -> None:
    assert error_links(None, SampleForm()) == []
