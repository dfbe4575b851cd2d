"""What is asked when a door is opened, and where a study goes that lies in the tray."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from reaccredit.packages.models import Item

NOT_THEIRS = "This is not an item of this package. Choose again."


class Items(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.area.title}: {obj.title}" if obj.area else str(obj.title)


def _within(field: forms.Field, items: Iterable[Item]) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Item.objects.filter(pk__in=[item.pk for item in items]).select_related("area")


class DoorForm(forms.Form):
    name = forms.CharField(
        label="What will send through this door?",
        help_text="For example: PACS of the main hospital.",
        max_length=80,
        error_messages={"required": "Enter a name, so that you know later which door to close."},
    )
    item = Items(
        label="For which item?",
        help_text="Without one, what arrives lies in the tray of this page until you say where it belongs.",
        queryset=Item.objects.none(),
        required=False,
        empty_label="Any of this package",
        error_messages={"invalid_choice": NOT_THEIRS},
    )

    def __init__(self, *args: Any, items: Iterable[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _within(self.fields["item"], items)


class PlaceForm(forms.Form):
    study = forms.CharField(widget=forms.HiddenInput, max_length=64)
    item = Items(
        label="Belongs to",
        queryset=Item.objects.none(),
        empty_label="Choose an item",
        error_messages={"required": "Choose the item that this study belongs to.", "invalid_choice": NOT_THEIRS},
    )

    def __init__(self, *args: Any, items: Iterable[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _within(self.fields["item"], items)
