"""Addresses of pages with nominal data. They hold ids, never a name or a number of a person."""

from __future__ import annotations

from django.urls import path

from cen.portal import disclosures, parties, purposes

urlpatterns = [
    path("purpose", purposes.state_purpose, name="state_purpose"),
    path("parties", parties.search_parties, name="search_parties"),
    path("parties/<uuid:party_id>", parties.party_page, name="party"),
    path("cases/<uuid:case_id>/parties", parties.case_parties, name="case_parties"),
    path("cases/<uuid:case_id>/parties/add", parties.add_party, name="add_party"),
    path("cases/<uuid:case_id>/parties/<uuid:party_id>", parties.edit_party, name="edit_party"),
    path("cases/<uuid:case_id>/parties/<int:link_id>/unlink", parties.unlink, name="unlink_party"),
    path("cases/<uuid:case_id>/identifiers", parties.add_identifier, name="add_identifier"),
    path(
        "cases/<uuid:case_id>/identifiers/<int:identifier_id>/remove",
        parties.drop_identifier,
        name="remove_identifier",
    ),
    path("published/<str:reference>/ask", disclosures.ask_for_detail, name="ask_for_detail"),
    path("disclosures", disclosures.disclosures, name="disclosures"),
    path("disclosures/<uuid:disclosure_id>", disclosures.disclosure, name="disclosure"),
    path("disclosures/<uuid:disclosure_id>/answer", disclosures.answer_disclosure, name="answer_disclosure"),
    path("disclosures/<uuid:disclosure_id>/content", disclosures.disclosed, name="disclosed"),
    path("disclosures/<uuid:disclosure_id>/revoke", disclosures.revoke_disclosure, name="revoke_disclosure"),
]
