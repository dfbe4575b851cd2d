"""Sends forms in wrong ways and judges the answers. Whatever was done is undone afterwards."""

from __future__ import annotations

import html
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.test import Client

from tests.walking.crawl import MetForm, signed_in, words
from tests.walking.filling import ONCE, SCRIPT, Sent, Wrong, changed, copied, wrongs
from tests.walking.pages import Control, Page, PageForm
from tests.walking.site import Known, Site, undone, usable

# Forms that are there for everybody: each person's own list, and the doors.
EVERYBODYS = frozenset(
    {"people:demo", "people:sign-in", "people:sign-out", "people:forgotten-password", "notices:index", "demo-clock"}
)
# A button that is not everybody's, and does nothing in the wrong hands.
HARMLESS = {"reports:open": "the programme's staff are led to the report, and no viewing is recorded"}
# Forms that cannot rightly be sent by anybody of the story.
NEVER_RIGHT = {
    "appeals:send": "the missing images are not in yet",
    "screening:raise": "what is contested is a document that was refused; tests/screening send one",
}
DRAFTS = {
    "reviews:reading": "what is not handed in is kept, however little it is",
    "applications:exams": "a draft may be left half done; the page that submits asks for the rest",
}
BARE = {
    "This field is required.",
    "Enter a valid value.",
    "Select a valid choice.",
    "Enter a valid date.",
    "Enter a number.",
}


@dataclass
class Attack:
    name: str
    sent: int = 0
    complaints: list[str] = field(default_factory=list)

    def complain(self, told: str, what: str) -> None:
        self.complaints.append(f"{self.name}: {told}: {what}")


def attack(site: Site, name: str, listed: list[MetForm], made: Attack) -> None:
    """`made` holds what was already sent to the same address with other questions; what is wrong whatever a form asks is sent once."""
    begun = bool(made.sent)
    known = usable(site, name, listed)
    if known.status not in {200, 302} and name not in NEVER_RIGHT:
        made.complain("rightly filled in", f"{known.status} for {known.person} at {known.form.page}")
    for wrong in chosen(known, site.tried, name):
        one(made, known, wrong)
    if not begun:
        whole_forms(made, known)
        again(made, known)
    strangers(made, known, site)


def chosen(known: Known, done: set[tuple[Any, ...]], pattern: str) -> Iterator[Wrong]:
    """Controls that are alike are tried once: a score sheet asks the same about each criterion."""
    for name, control in known.form.controls.items():
        if name in {"csrfmiddlewaretoken", "folder"}:  # a folder is many images, chosen in another way
            continue
        field_ = known.fields.get(name)
        alike = (
            pattern,
            control.kind,
            type(field_),
            getattr(field_, "required", None),
            re.sub(r"^[a-z-]*?-|\d+", "", name),
        )
        if alike not in done:
            done.add(alike)
            kind = (control.kind, type(field_))
            yield from (wrong for wrong in wrongs(control, field_) if kind not in done or wrong.told not in ONCE)
            done.add(kind)


def one(made: Attack, known: Known, wrong: Wrong) -> None:
    sent = changed(pressed(known, wrong.name), wrong)
    told = f"{wrong.name} {wrong.told}"
    made.sent += 1
    with undone():
        try:
            answer = known.client.post(known.form.action, sent)
        except Exception as error:  # the site would answer 500
            made.complain(told, f"{type(error).__name__}: {error} {traceback.format_exc().splitlines()[-3].strip()}")
            return
        if answer.status_code in {200, 302}:
            if wrong.never:
                made.complain(told, f"was taken ({answer.status_code}) by {known.person} at {known.form.page}")
            elif wrong.value == SCRIPT:
                shown(made, known, told, answer)
            return
        judge(made, told, answer)
        if answer.status_code == 422:
            kept(made, known, wrong, sent, answer)


def pressed(known: Known, control: str) -> Sent:
    """With the button that this control belongs to: "point" for "point-row", where a form has several."""
    buttons = dict(known.form.buttons)
    own = control.partition("-")[0]
    if own not in buttons:
        return known.sent
    return {name: said for name, said in known.sent.items() if name not in buttons} | {own: buttons[own]}


def shown(made: Attack, known: Known, told: str, answer: Any) -> None:
    page = words(known.client.get(answer.headers["Location"])) if answer.status_code == 302 else words(answer)
    if SCRIPT in page:
        made.complain(told, "stands in the page as a script")


def judge(made: Attack, told: str, answer: Any) -> None:
    """A 4xx with a sentence that helps."""
    if not 400 <= answer.status_code < 500:
        made.complain(told, f"answered {answer.status_code}")
        return
    text = answer.content.decode(errors="replace")
    if "Traceback" in text or SCRIPT in text:
        made.complain(told, "the page holds what it must not")
    said = sentences(text)
    if not said:
        made.complain(told, f"{answer.status_code} without a sentence")
    made.complaints += [f"{made.name}: {told}: only “{bare}”" for bare in said if bare in BARE]


def sentences(text: str) -> list[str]:
    """What the page says is wrong: its list of errors, or the words of a page that says no."""
    if alert := re.search(r'role="alert"[^>]*>(.*?)</div>', text, re.S):
        return [plain(item) for item in re.findall(r"<li>(.*?)</li>", alert[1], re.S) or [alert[1]]]
    if main := re.search(r"<main.*?</main>", text, re.S):
        if (
            re.search(r'class="(?:[^"]*\s)?(?:warning|banner|reason|inset|errors)', main[0])
            or "Go to the start page" in main[0]
        ):
            return [plain(main[0])]
        return [
            plain(one) for one in re.findall(r"<h1.*?</main>", main[0], re.S) if "too old" in one or "paused" in one
        ]
    return [text] if text.startswith("{") else []


def plain(markup: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", markup).split()))


def kept(made: Attack, known: Known, wrong: Wrong, sent: Sent, answer: Any) -> None:
    """Nothing typed is lost, save passwords, files and what no text can hold."""
    page = Page(known.form.action, answer.content.decode())
    back = next((f for f in page.posting() if f.controls.keys() & known.form.controls.keys() - {"csrfmiddlewaretoken"}
                 and f.action == known.form.action), None)  # fmt: skip
    if known.form.controls.get(wrong.name, Control("", "")).kind == "hidden":
        return  # nobody types into what nobody sees
    if back is None:
        made.complain(f"{wrong.name} {wrong.told}", "the form did not come back")
        return
    for name, control in known.form.controls.items():
        if (
            name in {"csrfmiddlewaretoken"}
            or control.kind in {"password", "file", "hidden"}
            or name not in back.controls
        ):
            continue
        if name == wrong.name and not typed(wrong):
            continue
        if isinstance(known.fields.get(name), forms.BooleanField) and (known.form.multipart or name == wrong.name):
            continue  # what was attested of a document is attested anew of the next one
        said = sent.get(name, [])
        want = said if isinstance(said, list) else [said]
        have = back.controls[name].said
        if control.kind in {"select", "radio", "checkbox"}:
            want = [w for w in want if w in control.choices]
            have = [h for h in have if h] if want == [] else have
        if squeezed(have) != squeezed(want):
            made.complain(
                f"{wrong.name} {wrong.told}", f"{name} was {str(want)[:60]} and came back as {str(have)[:60]}"
            )


def squeezed(values: list[Any]) -> list[str]:
    return [" ".join(str(v).split()) for v in values if str(v).strip()]


def typed(wrong: Wrong) -> bool:
    return isinstance(wrong.value, str) and wrong.value.isprintable()


def whole_forms(made: Attack, known: Known) -> None:
    """What is wrong with a form as a whole, whatever it asks."""
    action = known.form.action
    strict = signed_in(known.person, enforce_csrf_checks=True)
    ways = {
        "without its token": lambda: strict.post(action, copied(known.sent)),
        "with a token of another session": lambda: strict.post(action, {"csrfmiddlewaretoken": "a" * 64}),
        "as JSON": lambda: known.client.post(action, "{}", content_type="application/json"),
        "as broken parts": lambda: strict.post(action, b"--x\r\nhalf", content_type="multipart/form-data; boundary=y"),
        "as parts without a boundary": lambda: strict.post(action, b"half", content_type="multipart/form-data"),
        "not even bytes of a text": lambda: known.client.generic("POST", action, b"a=%ff%fe&\xff", "application/x-www-form-urlencoded"),
        "empty": lambda: known.client.post(action, {}),
        "with a thousand fields more": lambda: strict.post(action, {f"more{n}": "x" for n in range(1001)}),
        "by PUT": lambda: known.client.put(action, "a=b"),
        "by DELETE": lambda: known.client.delete(action),
        "for a thing that is not there": lambda: known.client.post(elsewhere(action), copied(known.sent)),
    }  # fmt: skip
    plain_buttons = not (known.form.controls.keys() - {"csrfmiddlewaretoken"}) and not known.form.buttons
    for told, send in ways.items():
        if told == "for a thing that is not there" and elsewhere(action) == action:
            continue
        made.sent += 1
        with undone():
            try:
                answer = send()
            except Exception as error:  # the site would answer 500
                made.complain(
                    told, f"{type(error).__name__}: {error} {traceback.format_exc().splitlines()[-3].strip()}"
                )
                continue
            asked_for = told in {"as JSON", "empty", "not even bytes of a text"}
            needs = plain_buttons or known.name in DRAFTS or not any(f.required for f in known.fields.values())
            if answer.status_code in {200, 302} and asked_for and needs:
                continue  # all that such a form says is that its button was pressed
            judge(made, told, answer)


def elsewhere(address: str) -> str:
    return re.sub(r"(?<=/)\d+(?=/)", "9" * 25, address.split("?")[0], count=1)


def again(made: Attack, known: Known) -> None:
    """Sent twice, as by a double click; and asked for as a page, as after signing in again."""
    made.sent += 2
    with undone():
        try:
            answers = [known.client.post(known.form.action, copied(known.sent)) for _ in range(2)]
            if answers[1].status_code not in {200, 302}:
                judge(made, "a second time", answers[1])
        except Exception as error:
            made.complain("a second time", f"{type(error).__name__}: {error}")
    answer = known.client.get(known.form.action)
    if answer.status_code not in {200, 302}:
        judge(made, "asked for as a page", answer)


def strangers(made: Attack, known: Known, site: Site) -> None:
    """People who do not see the form cannot send it either."""
    if made.name in EVERYBODYS or made.name in HARMLESS:
        return
    for name in ("Administrator Harbor", "Administrator Prairie", "Staff Birch", "Reviewer Ivy", None):
        person = site.people[f"Demo {name}"] if name else None
        client = signed_in(person)
        made.sent += 1
        with undone():
            try:
                answer = client.post(known.form.action, copied(known.sent))
            except Exception as error:
                made.complain(f"sent by {name}", f"{type(error).__name__}: {error}")
                continue
        to_sign_in = answer.status_code == 302 and "/sign-in/" in answer.headers["Location"]
        refused = answer.status_code in {403, 404} or (person is None and to_sign_in)
        if not refused and not shows(client, known.form):
            made.complain(f"sent by {name}", f"answered {answer.status_code} at {known.form.action}")


def shows(client: Client, form: PageForm) -> bool:
    answer = client.get(form.page, follow=True)
    return any(f.action == form.action for f in Page(form.page, words(answer)).posting())
