"""Addresses of flashes and of whom to turn to."""

from __future__ import annotations

from django.urls import path

from cen.portal import duty_contacts, flashes

urlpatterns = [
    path("flashes", flashes.flashes, name="flashes"),
    path("flashes/new", flashes.new_flash, name="new_flash"),
    path("flashes/contacts", duty_contacts.duty_contacts, name="duty_contacts"),
    path("flashes/contacts/<int:contact_id>/up", duty_contacts.move_duty_contact, name="move_duty_contact"),
    path("flashes/contacts/<int:contact_id>/end", duty_contacts.end_duty_contact, name="end_duty_contact"),
    path("flashes/<uuid:flash_id>", flashes.flash, name="flash"),
    path("flashes/<uuid:flash_id>/acknowledge", flashes.acknowledge_flash, name="acknowledge_flash"),
    path("flashes/<uuid:flash_id>/update", flashes.update_flash, name="update_flash"),
    path("flashes/<uuid:flash_id>/clear", flashes.clear_flash, name="clear_flash"),
]
