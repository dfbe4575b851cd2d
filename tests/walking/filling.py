"""How a person would fill in a form of the site in a way that is right, and the ways in which it can be wrong."""

from __future__ import annotations

import io
import zoneinfo
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from reaccredit.packages.models import Item
from reaccredit.people.models import Person
from reaccredit.project.demo_story import papers
from tests.walking.pages import Control, PageForm

PASSWORD = "demo-walk-password"
SCRIPT = "<script>alert(1)</script>"
PLAIN = "Plain words that say enough, typed for a test."
HUGE = "9" * 40
MISSING = object()
Sent = dict[str, Any]


def paper(name: str = "paper.txt", content: bytes = b"Revised protocol. Demonstration only.\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/plain")


def images(address: str) -> SimpleUploadedFile:
    """An image that the item of this page waits for."""
    item = Item.objects.select_related("package__case_file__unit").get(pk=int(address.split("/")[4]))
    (made, *_) = papers.images(item, timezone.localdate(), slices=1)
    return SimpleUploadedFile("image.dcm", made, "application/dicom")


def right(form: PageForm, fields: Mapping[str, forms.Field], person: Person | None, special: Mapping[str, str]) -> Sent:
    """Every control as it stands in the page, the empty ones filled in; and the form's first button is pressed."""
    sent: Sent = {}
    for name, control in form.controls.items():
        if name == "csrfmiddlewaretoken":
            continue
        if name in special:
            sent[name] = special[name]
        elif control.kind == "file":
            if name != "folder":  # the same images, in a browser that can choose a folder
                sent[name] = images(form.action) if name == "images" else paper()
        elif any(control.said):
            sent[name] = list(control.said) if control.kind == "checkbox" else control.said[-1]
        elif (value := _fill(control, fields.get(name), person, sent.values())) is not None:
            sent[name] = value
    if form.buttons:
        sent.update([form.buttons[0]])
    return sent


def _fill(control: Control, known: forms.Field | None, person: Person | None, taken: Collection[Any]) -> Any:
    now = timezone.localtime(timezone=zoneinfo.ZoneInfo(person.zone) if person and person.zone else None)
    plain = {
        "email": "new.person@example.org", "number": "1", "date": now.date().isoformat(), "hidden": "",
        "datetime-local": now.strftime("%Y-%m-%dT%H:%M"), "password": PASSWORD,
    }  # fmt: skip
    if control.kind in plain:
        return plain[control.kind]
    if control.kind in {"select", "radio", "checkbox"}:
        # Two lists of the same people ask for two people.
        free = (value for value in control.choices if value and (control.kind != "select" or value not in taken))
        return next(free, None)
    if control.name.endswith("name") and person is not None:
        return person.name
    if isinstance(known, forms.DecimalField | forms.IntegerField):
        return "10"
    if isinstance(known, forms.DateField):
        return now.date().isoformat()
    return PLAIN[: getattr(known, "max_length", None) or len(PLAIN)].strip()


# Fields that are asked for in the end: a draft may be left half done, a reason goes with one of two answers.
NOT_ALWAYS = frozenset({"DueLater", "ReasonField", "LaterText", "LaterDay"})


@dataclass(frozen=True)
class Wrong:
    """One change to what is right. `never`: it can't be taken, whatever the form is for."""

    name: str
    told: str
    value: Any
    never: bool = False


def wrongs(control: Control, known: forms.Field | None) -> Iterator[Wrong]:
    """What could be sent in place of the right value of one control."""
    needed = bool(known and known.required) and type(known).__name__ not in NOT_ALWAYS
    ticked = isinstance(known, forms.BooleanField)  # whatever is sent for a box means that it is ticked
    say = lambda told, value, never=False: Wrong(control.name, told, value, never)  # noqa: E731
    yield say("missing", MISSING, needed and not isinstance(known, forms.MultiValueField))
    if control.kind == "file":
        yield from _files(say, needed)
        return
    yield say("blank", "", needed)
    yield say("nothing but spaces", " \t ", needed and not ticked and control.kind != "password")
    yield say("a NUL", "a\0b", not ticked and control.kind != "hidden" and known is not None)
    yield say("a script", SCRIPT, not ticked and control.kind not in {"text", "textarea", "hidden"})
    most = getattr(known, "max_length", None)
    yield say("too long", "x" * (most + 1 if most else 60_000), bool(most) and control.kind != "hidden")
    yield say("twice", ["first", "second"])
    if control.kind in {"select", "radio", "checkbox"}:
        listed = isinstance(known, forms.ChoiceField)
        yield say("no such choice", "no-such", listed)
        yield say("a huge number", HUGE, listed)
        yield say("somebody else's", "999999", listed)
        yield say("a negative number", "-1", listed)
    elif control.kind in {"date", "datetime-local"} or isinstance(known, forms.DateField | forms.DateTimeField):
        for told, value in IMPOSSIBLE_DAYS.items():
            yield say(told, value, True)
        yield say("the year 1", "0001-01-01")
        yield say("the year 9999", "9999-12-31T23:59" if control.kind == "datetime-local" else "9999-12-31")
        yield say("an hour that the clock left out", "2021-03-14T02:30")
    elif isinstance(known, forms.DecimalField | forms.IntegerField):
        for value in ("abc", "NaN", "1e999", HUGE, "-1", "0", "1,5", "٣x", "Infinity"):
            yield say(
                f"the number {value[:12]}",
                value,
                value in {"abc", "NaN", "1e999", "٣x", "Infinity"} or (value == HUGE and control.kind != "hidden"),
            )
    elif control.kind == "email":
        for value in ("nobody", "a@", "@b.example", "a b@example.org", "a@example.org\nBcc: b@example.org"):
            yield say(f"the address {value!r}", value, True)
    elif control.kind == "password":
        yield say("a wrong password", "not the password", "new" not in control.name)
    else:
        yield say("a huge number", HUGE)
        yield say("half a character", "\ud800".encode("utf-8", "surrogatepass"))
        yield say("lines and a bell", "one\r\ntwo\x07")


IMPOSSIBLE_DAYS = {
    "a day in words": "yesterday", "the 30th of February": "2021-02-30", "month 13": "2021-13-01", "a huge day": HUGE,
    "a day as elsewhere": "31.12.2021x",
}  # fmt: skip


def _files(say: Any, needed: bool) -> Iterator[Wrong]:
    yield say("an empty file", paper(content=b""), True)
    yield say("words in place of a file", "paper.txt", needed)
    yield say("a program", paper("paper.pdf", b"MZ\x90\x00" + bytes(200)))
    yield say("a broken ZIP", paper("paper.docx", b"PK\x03\x04" + bytes(50)))
    yield say(
        "a script in a picture", paper("scan.svg", f"<svg xmlns='http://www.w3.org/2000/svg'>{SCRIPT}</svg>".encode())
    )
    yield say("a long path with markup for a name", paper("../../<img src=x onerror=alert(1)>" + "x" * 400 + ".txt"))
    yield say("half a DICOM file", paper("image.dcm", bytes(128) + b"DICM" + b"\x02\x00\x00\x00UL"))


def copied(sent: Sent) -> Sent:
    """A file is read up by whoever sends it: each form gets its own."""
    return {name: _again(value) for name, value in sent.items()}


# What a kind of field makes of these is the same on every page: sent once for each kind.
ONCE = frozenset({
    "twice", "a huge number", "half a character", "lines and a bell", "a negative number", "the year 1", "the year 9999",
    "an hour that the clock left out", "nothing but spaces", "a broken ZIP", "half a DICOM file", "a script in a picture",
})  # fmt: skip


def changed(sent: Sent, wrong: Wrong) -> Sent:
    made = copied(sent)
    if wrong.value is MISSING:
        made.pop(wrong.name, None)
    else:
        made[wrong.name] = _again(wrong.value)
    return made


def _again(value: Any) -> Any:
    if isinstance(value, SimpleUploadedFile):
        value.seek(0)
        return SimpleUploadedFile(value.name or "", io.BytesIO(value.read()).getvalue(), value.content_type)
    return value
