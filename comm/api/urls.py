"""Addresses under `/api/v1/sealed/` (docs/sealed-api.md)."""

from __future__ import annotations

from django.urls import path

from comm.api.directory import Directory
from comm.api.groups import GroupLinks, GroupOrder, Groups, GroupWraps
from comm.api.keys import AllPins, Device, Devices, OwnKeyStore, PinsOfDevice
from comm.api.messages import GroupFilePart, GroupFiles, GroupMessages

urlpatterns = [
    path("directory", Directory.as_view()),
    path("groups", Groups.as_view()),
    path("groups/<str:gid>/links", GroupLinks.as_view()),
    path("groups/<str:gid>/wraps", GroupWraps.as_view()),
    path("groups/<str:gid>/order", GroupOrder.as_view()),
    path("groups/<str:gid>/messages", GroupMessages.as_view()),
    path("groups/<str:gid>/files", GroupFiles.as_view()),
    path("groups/<str:gid>/files/<str:aid>/parts/<int:number>", GroupFilePart.as_view()),
    path("keyset", OwnKeyStore.as_view()),
    path("pins", AllPins.as_view()),
    path("pins/<str:dev>", PinsOfDevice.as_view()),
    path("devices", Devices.as_view()),
    path("devices/<str:h>", Device.as_view()),
]
