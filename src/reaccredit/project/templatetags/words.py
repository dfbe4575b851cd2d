"""The words of the pages: dates in the reader's zone, plain names for codes. A builtin of every template."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from reaccredit.people.models import Role
from reaccredit.project.complaints import sentences

register = template.Library()

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


# -- time --------------------------------------------------------------------------------------------------------------


def zone_name(when: datetime) -> str:
    """EDT, CET - and UTC-03:00 where the zone has no letters of its own."""
    name = when.tzname() or ""
    if name[:1].isalpha():
        return name
    offset = when.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def here(when: datetime, zone: tzinfo | None = None) -> datetime:
    return when.astimezone(zone or timezone.get_current_timezone())


def written(day_: date, weekday: bool = False) -> str:
    text = f"{day_.day} {day_:%B} {day_.year}"
    return f"{day_:%A} {text}" if weekday else text


@register.filter
def moment(when: datetime | None) -> str:
    """3 April 2021, 10:00 EDT"""
    if when is None:
        return "not yet"
    local = here(when)
    return f"{written(local)}, {local:%H:%M} {zone_name(local)}"


@register.filter
def day(when: date | datetime | None) -> str:
    """3 April 2021. A plain date is nobody's instant, so it is not moved between zones."""
    if when is None:
        return "not yet"
    return written(here(when) if isinstance(when, datetime) else when)


@register.filter
def dated(said: Any) -> str:
    """A sentence of a part that knows no reader, with its days as people write them: 2027-12-28 is 28 December 2027."""
    return ISO_DAY.sub(_in_words, str(said))


def _in_words(found: re.Match[str]) -> str:
    try:
        return written(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]  # of this form, and no day


@register.filter
def iso(when: date | datetime | None) -> str:
    """For the datetime attribute of <time>."""
    if when is None:
        return ""
    return here(when).isoformat(timespec="seconds") if isinstance(when, datetime) else when.isoformat()


def last_moment(end: datetime) -> tuple[date, str]:
    """The last day on which an exclusive end can be met, and its time; midnight belongs to the day it closes.

    Some zones skip midnight when the clocks change: then the day ends without it, and people still call it midnight.
    """
    local, before = here(end), here(end - INSTANT)
    if local.date() != before.date():
        return before.date(), f"midnight {zone_name(before)}"
    return local.date(), f"{local:%H:%M} {zone_name(local)}"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def short_span(span: timedelta) -> str:
    """Hours, and minutes in the last one: rounded down, because a rounded-up hour is a promise that cannot be kept."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 60:
        return count(minutes // 60, "hour")
    return count(minutes, "minute") if minutes else "less than a minute"


@register.filter
def span_in_words(span: timedelta) -> str:
    return short_span(span)


def time_left(end: datetime, now: datetime) -> str:
    """5 days left, 3 hours left, or passed 2 days ago. Days are days of the reader's calendar, and whole ones."""
    days = (last_moment(end)[0] - here(now).date()).days
    if now >= end:
        return f"passed {count(-days, 'day')} ago" if days < 0 else "passed today"
    if end - now < DAY:
        return f"{short_span(end - now)} left"
    return f"{count(max(1, min(days, (end - now) // DAY)), 'day')} left"


@register.filter
def deadline(end: datetime | None, now: datetime | None = None) -> str:
    """through Sunday 18 April 2021, midnight EDT (5 days left). `end` is the first instant that is too late."""
    if end is None:
        return "no date set"
    last, clock = last_moment(end)
    word = "through" if clock.startswith("midnight") else "until"
    text = f"{word} {written(last, weekday=True)}, {clock}"
    return f"{text} ({time_left(end, now)})" if now else text


@register.filter
def left(end: datetime | None, now: datetime) -> str:
    return time_left(end, now) if end else ""


@register.filter
def opening(when: datetime | None, now: datetime | None = None) -> str:
    """Saturday 3 April 2021, 10:00 EDT (in 2 days)"""
    if when is None:
        return "no date set"
    local = here(when)
    text = f"{written(local, weekday=True)}, {local:%H:%M} {zone_name(local)}"
    if now is None or now >= when:
        return text
    days = (local.date() - here(now).date()).days
    return f"{text} (in {count(days, 'day') if days else short_span(when - now)})"


@register.filter
def urgency(end: datetime | None, now: datetime) -> str:
    """past, soon (its last two days) or later: how loud a deadline is shown."""
    if end is None:
        return "none"
    if now >= end:
        return "past"
    return "soon" if end - now <= timedelta(days=2) else "later"


# -- names -------------------------------------------------------------------------------------------------------------

TURNS = {
    "facility": "the facility",
    "staff": "the programme's staff",
    "reviewer": "the reviewers",
    "reviewers": "the reviewers",
    "arbitrator": "the arbitrator",
    "survey-team": "the survey team",
    "": "nobody",
    "nobody": "nobody",
}
SHORT_NAMES = {"mr": "MR", "mri": "MRI", "ct": "CT", "pet": "PET", "nm": "NM", "mra": "MRA", "msk": "MSK", "us": "US"}
SHORT_NAMES |= {"sbb": "SBB", "bus": "BUS", "ob": "OB", "spect": "SPECT", "phi": "PHI", "cap": "CAP", "cd": "CD"}
TITLES = frozenset({"dr", "prof", "mr", "mrs", "ms"})
OUTCOMES = {
    "acceptable": "Acceptable",
    "not-acceptable": "Not acceptable",
    "withdrawn": "Withdrawn",
    "untested": "Not tested yet",
}


def plain(code: str) -> str:
    """head-neck -> Head neck; pet-ct -> PET CT"""
    words = [SHORT_NAMES.get(w.lower(), w) for w in re.split(r"[-_.\s]+", code) if w]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


@register.filter
def words(code: Any) -> str:
    """A code as words, for what has no better name of its own."""
    return plain(str(code)) if code else ""


@register.filter
def role_name(code: Any) -> str:
    return Role(code).label if code in Role.values else plain(str(code or ""))


@register.filter
def area_name(code: Any) -> str:
    """head-neck/adult -> Head/neck, adult"""
    module, _, patients = str(code or "").partition("/")
    named = "Head/neck" if module == "head-neck" else plain(module)
    return f"{named}, {plain(patients).lower()}" if patients else named


@register.filter
def turn_name(code: Any) -> str:
    """Who has to act, as it stands in a sentence: "Waiting for the facility"."""
    known = TURNS.get(str(code or ""))
    return known or f"the {role_name(code).lower()}"


@register.filter
def outcome_name(code: Any) -> str:
    return OUTCOMES.get(str(code or ""), plain(str(code or "")))


@register.filter
def clause(one: Any) -> str:
    """Where a clause stands: its address in the policy's text, or that the text does not have it."""
    where = getattr(one, "at", "")
    for kind, said in (("silent", "the policy does not say"), ("assumed", "assumed")):
        if getattr(one, kind, False):
            return f"{where} ({said})" if where else said
    return where or getattr(one, "id", "") or str(one)


@register.filter
def source(said: Any) -> str:
    """Where a requirement stands: "AS/11000061017, 9-2-2021" as "article 11000061017 of 2 September 2021"."""

    def article(found: re.Match[str]) -> str:
        number, month, day_, year = found.groups()
        return f"article {number} of {written(date(int(year), int(month), int(day_)))}"

    return re.sub(r"\b[A-Z]{2}/(\d+), (\d{1,2})-(\d{1,2})-(\d{4})", article, str(said or ""))


@register.filter
def joined(items: Iterable[Any], word: str = "and") -> str:
    """a, b and c"""
    texts = [str(i) for i in items]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {word} {texts[-1]}"


@register.filter
def person_name(person: Any) -> str:
    return getattr(person, "name", "") or str(person or "")


@register.filter
def initials(name: Any) -> str:
    """Two letters for the disc beside a name; a title or a word in brackets is not part of it."""
    parts = [w for w in str(name or "").split() if w[0].isalpha() and w.rstrip(".").lower() not in TITLES]
    return "".join(w[0].upper() for w in (parts[:1] + parts[-1:] if len(parts) > 1 else parts))


@register.filter
def bytes_in_words(size: int | None) -> str:
    """4.2 MB: decimal, as file managers say it."""
    amount = float(size or 0)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return ""


# -- forms -------------------------------------------------------------------------------------------------------------


@register.filter
def kind_of(field: BoundField) -> str:
    """The widget's kind in lower case (textinput, radioselect, checkboxinput...), for the look of the field."""
    return type(field.field.widget).__name__.lower()


@register.filter
def anchor(field: BoundField) -> str:
    """The id that a link from the error summary goes to: the control itself, or the first of its choices."""
    if not field.auto_id:
        return ""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def optional(field: BoundField) -> bool:
    """True where the label has to say that nothing need be entered."""
    return not field.field.required and kind_of(field) != "checkboxinput"


register.filter("sentences", sentences)


@register.filter
def error_links(forms: BaseForm | Iterable[BaseForm]) -> list[tuple[str, str]]:
    """(anchor, sentence) for each error of a form, a formset or several forms, in the order of the page."""
    several = [forms] if isinstance(forms, BaseForm) else list(forms or ())
    links = [("", str(e)) for e in _errors_of_set(forms)]
    for form in several:
        links += [("", str(e)) for e in form.non_field_errors()]
        links += [(anchor(field), words_) for field in form for words_ in sentences(field)]
    return links


def _errors_of_set(forms: Any) -> list[str]:
    read = getattr(forms, "non_form_errors", None)
    return list(read()) if read else []


@register.filter
def shown_date(value: Any) -> bool:
    """A browser's date field shows nothing for what it cannot read: then a text field keeps what was typed."""
    return not value or bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)))


@register.filter
def local_stamp(value: Any) -> str:
    """2021-04-03 10:00:00 -> 2021-04-03T10:00, the spelling that a browser's field shows; "" for anything else."""
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(\.\d+)?)?", str(value or ""))
    return f"{found[1]}T{found[2]}" if found else ""


@register.simple_tag
def described(field: BoundField, hint: str = "") -> str:
    """The ids of what explains a field, for aria-describedby: its hint and its error."""
    ids = [f"{field.auto_id}_helptext"] if hint or field.help_text else []
    return " ".join([*ids, f"{field.auto_id}_error"] if field.errors else ids)


@register.simple_tag
def control(field: BoundField, hint: str = "") -> SafeString:
    """The control of a field, tied to its hint and error."""
    ids = described(field, hint)
    return field.as_widget(attrs={"aria-describedby": ids} if ids else None)


# -- places ------------------------------------------------------------------------------------------------------------


@register.simple_tag
def now_zone() -> str:
    return timezone.get_current_timezone_name().replace("_", " ")


@register.simple_tag
def policy_address(one: Any, revision: date | None = None, programme: str = "") -> str:
    """Where a clause can be read on the policy page; "" while there is no such page."""
    key = getattr(one, "id", "") or str(one or "")
    try:
        page = reverse("desks:policy")
    except NoReverseMatch:
        return ""
    asked = {"programme": programme, "revision": revision.isoformat() if revision else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{page}{'?' if query else ''}{query}#{quote(key)}"


@register.simple_tag(takes_context=True)
def page_address(context: template.Context, name: str, number: int) -> str:
    """This page with another page number, and everything else that was asked for."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query[name] = str(number)
    return f"?{query.urlencode()}"
