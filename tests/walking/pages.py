"""What a browser sees of a page: its links and its forms, with what stands in them already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

BUTTONS = frozenset({"submit", "image", "reset", "button"})
MULTIPLE = frozenset({"checkbox", "radio"})


@dataclass
class Control:
    """Everything in a form that bears one name."""

    name: str
    kind: str  # the type of the input, or "select", "textarea"
    said: list[str] = field(default_factory=list)  # what stands in it when the page opens
    choices: list[str] = field(default_factory=list)

    def sent(self) -> list[str]:
        return self.said


@dataclass
class PageForm:
    page: str
    action: str
    method: str = "get"
    multipart: bool = False
    key: str = ""
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    can_be_sent: bool = False

    def control(self, name: str, kind: str) -> Control:
        return self.controls.setdefault(name, Control(name, kind))


class Page(HTMLParser):
    """Reads a page once; `links` and `forms` then say what can be followed and what can be sent."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.links: list[str] = []
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._strays: list[tuple[str, str, dict[str, str]]] = []
        self._select: Control | None = None
        self._area: Control | None = None
        self.feed(text)
        for key, tag, said in self._strays:
            for form in self.forms:
                if form.key == key:
                    self._take(form, tag, said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        for name in ("href", "src"):
            if said.get(name, "").startswith(("/", "?")):
                self.links.append(urljoin(self.address, said[name].split("#")[0]))
        if tag == "form":
            self._open(said)
        elif tag in {"input", "select", "textarea", "button"}:
            if "form" in said:
                self._strays.append((said["form"], tag, said))
            elif self._form is not None:
                self._take(self._form, tag, said)
        elif tag == "option" and self._select is not None:
            value = said.get("value", "")
            self._select.choices.append(value)
            if "selected" in said:
                self._select.said = [value]

    def _open(self, said: dict[str, str]) -> None:
        self._form = PageForm(
            page=self.address, action=urljoin(self.address, said.get("action") or self.address), key=said.get("id", ""),
            method=said.get("method", "get").lower(), multipart="multipart" in said.get("enctype", ""),
        )  # fmt: skip
        self.forms.append(self._form)

    def _take(self, form: PageForm, tag: str, said: dict[str, str]) -> None:
        name, kind = said.get("name", ""), said.get("type", "text") if tag == "input" else tag
        if tag == "button" or kind in BUTTONS:
            form.can_be_sent = True
            if name and "disabled" not in said:
                form.buttons.append((name, said.get("value", "")))
            return
        if not name or "disabled" in said:
            return
        control = form.control(name, kind)
        if kind in MULTIPLE:
            control.choices.append(said.get("value", "on"))
            if "checked" in said:
                control.said.append(said.get("value", "on"))
        elif tag == "select":
            self._select = control
        elif tag == "textarea":
            control.said, self._area = [""], control
        elif kind != "file":
            control.said = [said.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.said[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._area.said[0] = self._area.said[0].removeprefix("\n")
            self._area = None

    def posting(self) -> Iterator[PageForm]:
        return (form for form in self.forms if form.method == "post" and form.can_be_sent)
