from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm

from reaccredit.people.models import Person

UNITED_STATES = (
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona, no daylight saving (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("Pacific/Guam", "Chamorro (Guam)"),
)
LONGEST_PASSWORD = 1000  # what is longer is no password, and takes long to hash
REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zone_choices() -> list[tuple[str, object]]:
    """The site's own first, then the zones of the United States by the names people use, then the world by region."""
    by_region: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region in by_region:
            by_region[region].append((name, place.replace("_", " ").replace("/", ", ")))
    blank = ("", f"The programme's own ({settings.TIME_ZONE.replace('_', ' ')})")
    return [blank, ("United States", UNITED_STATES), *by_region.items(), ("Everywhere", (("UTC", "UTC"),))]


class SigningPassword(forms.CharField):
    """The password once more: it is the signature. Whoever shows it says what it signs."""

    def __init__(
        self,
        *,
        says: str = "Typing it again signs the statement above.",
        missing: str = "Type your password to sign.",
        required: bool = True,
    ) -> None:
        super().__init__(
            label="Your password", strip=False, max_length=LONGEST_PASSWORD, required=required, help_text=says,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), error_messages={"required": missing},
        )  # fmt: skip


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "This email address and password do not belong together. Check both and try again.",
        "inactive": "This account is closed. Ask the programme's staff to open it again.",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"] = forms.EmailField(
            label="Email address",
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
            error_messages={"required": "Enter your email address."},
        )
        self.fields["password"].error_messages["required"] = "Enter your password."

    def clean_username(self) -> str:
        """Addresses are kept in small letters; "Ann@" must not start a new count of wrong passwords."""
        return str(self.cleaned_data["username"]).strip().lower()


class ForgottenPasswordForm(PasswordResetForm):
    """Also for who has no password yet: whoever is entered by their facility chooses the first one this way."""

    def get_users(self, email: str) -> Iterable[Person]:
        return Person.objects.filter(email__iexact=email, is_active=True)


class ZoneForm(forms.Form):
    zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        help_text="Dates and deadlines are shown in this zone. It changes what you see, never when a deadline ends.",
        error_messages={"invalid_choice": "Choose a time zone from the list."},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["zone"].choices = zone_choices()  # type: ignore[attr-defined]
