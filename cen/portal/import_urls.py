"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from cen.portal import imports

urlpatterns = [
    path("", imports.imports, name="imports"),
    path("/new", imports.new_import, name="new_import"),
    path("/by-country", imports.new_import_by_country, name="new_import_by_country"),
    path("/workbooks", imports.workbooks, name="import_workbooks"),
    path("/workbooks/<str:category>.xlsx", imports.workbook, name="import_workbook"),
    path("/<uuid:import_id>", imports.one_import, name="import"),
    path("/<uuid:import_id>/match", imports.match_columns, name="match_import"),
    path("/<uuid:import_id>/send", imports.send_import, name="send_import"),
    path("/<uuid:import_id>/cancel", imports.cancel_import, name="cancel_import"),
    path("/<uuid:import_id>/rows.csv", imports.rows_to_correct, name="import_rows"),
]
