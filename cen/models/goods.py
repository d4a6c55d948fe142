"""One line of goods."""

from __future__ import annotations

import pgtrigger
from django.db import models

from cen.models.case import code
from cen.models.owned import OfCase

# Child abuse and obscene material: no image of it is ever accepted, whatever the door.
NO_MEDIA = "OBS"


def amount() -> models.DecimalField:
    """A quantity: 15 digits before the point, 9 behind."""
    return models.DecimalField(max_digits=24, decimal_places=9, null=True, blank=True)


class Goods(OfCase):
    """What was found. Quantities stand as given; canonical ones beside them say how they were made.

    quantity_text is what was typed or imported, digit by digit. unmeasured says why there is no quantity
    though goods were there. canonical_method names the rule of cen.quantities. `block` holds the fields of
    the category's own block (cen.goods_blocks), checked against its description.
    """

    category = code()
    goods_type = code()
    description = models.CharField(max_length=500, blank=True)
    brand = models.CharField(max_length=120, blank=True)
    hs_code = models.CharField(max_length=6, blank=True)
    hs_version = models.CharField(max_length=4, blank=True)
    quantity = amount()
    unit = code()
    quantity_text = models.CharField(max_length=60, blank=True)
    unmeasured = models.CharField(max_length=20, blank=True)
    second_quantity = amount()
    second_unit = code()
    canonical_kg = amount()
    canonical_pieces = amount()
    canonical_litres = amount()
    canonical_method = models.CharField(max_length=250, blank=True)
    packages = models.PositiveIntegerField(null=True, blank=True)
    package_type = code()
    origin_country = models.CharField(max_length=2, blank=True)
    declared_description = models.CharField(max_length=500, blank=True)
    declared_hs_code = models.CharField(max_length=6, blank=True)
    declared_quantity_text = models.CharField(max_length=60, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    valuation_basis = code()
    duty_evaded = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    block = models.JSONField(default=dict, blank=True)
    remarks = models.CharField(max_length=1000, blank=True)

    class Meta(OfCase.Meta):
        triggers = [
            pgtrigger.Trigger(
                name="no_such_goods_beside_media",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__category=NO_MEDIA),
                func="""
                    if exists (select 1 from cen_media where case_id = new.case_id) then
                        raise exception 'goods of this category accept no media' using errcode = 'check_violation';
                    end if;
                    return new;
                """,
            )
        ]
