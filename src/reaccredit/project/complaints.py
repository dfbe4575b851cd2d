"""What a form says when Django's own words would not help: which field it is about, and what to enter instead.

A field that has its own words for a mistake keeps them. Only stock sentences ("This field is required.") are replaced.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.forms import BoundField

Say = Callable[[str, ValidationError], str]


def limit(error: ValidationError) -> object:
    return (error.params or {}).get("limit_value", "")


def shown(error: ValidationError) -> object:
    return (error.params or {}).get("show_value", "")


REQUIRED: dict[str, str] = {
    "select": "Choose an answer for “{label}”.",
    "radioselect": "Choose an answer for “{label}”.",
    "selectmultiple": "Choose at least one of “{label}”.",
    "checkboxselectmultiple": "Tick at least one box of “{label}”.",
    "checkboxinput": "Tick the box “{label}” to go on.",
    "fileinput": "Choose a file for “{label}”.",
    "clearablefileinput": "Choose a file for “{label}”.",
}
INVALID: dict[str, str] = {
    "DateField": "“{label}” must be a date, such as 2021-03-27.",
    "DateTimeField": "“{label}” must be a date and a time, such as 2021-03-27 14:30.",
    "TimeField": "“{label}” must be a time, such as 14:30.",
    "IntegerField": "“{label}” must be a whole number, such as 12.",
    "DecimalField": "“{label}” must be a number, such as 12.5.",
    "FloatField": "“{label}” must be a number, such as 12.5.",
    "EmailField": "“{label}” must be an email address, such as name@example.org.",
    "URLField": "“{label}” must be a web address, such as https://example.org.",
    "FileField": "“{label}” did not arrive as a file. Choose the file again.",
}
OTHERS: dict[str, Say] = {
    "max_length": lambda label, e: f"“{label}” may have at most {limit(e)} characters; it has {shown(e)}.",
    "min_length": lambda label, e: f"“{label}” must have at least {limit(e)} characters; it has {shown(e)}.",
    "max_value": lambda label, e: f"“{label}” must be {limit(e)} or less.",
    "min_value": lambda label, e: f"“{label}” must be {limit(e)} or more.",
    "invalid_choice": lambda label, _e: f"Choose one of the answers that “{label}” offers.",
    "invalid_list": lambda label, _e: f"Choose answers that “{label}” offers.",
    "empty": lambda label, _e: f"The file for “{label}” is empty. Choose another.",
    "missing": lambda label, _e: f"The file for “{label}” did not arrive. Choose it again.",
}


def stock(field: BoundField, error: ValidationError) -> bool:
    """True while the sentence is Django's own: the very object, for equal words may have been chosen on purpose."""
    kinds = (vars(kind).get("default_error_messages", {}) for kind in type(field.field).__mro__)
    own = [messages.get(error.code) for messages in kinds]
    checks = [getattr(type(check), "message", None) for check in field.field.validators]
    return any(words is error.message for words in (*own, *checks) if words is not None)


def sentence(field: BoundField, error: ValidationError) -> str:
    label = str(field.label).rstrip("?:. ") if str(field.label).endswith((".", ":")) else str(field.label)
    pattern = None
    if stock(field, error):
        if error.code == "required":
            pattern = REQUIRED.get(type(field.field.widget).__name__.lower(), "Fill in “{label}”.")
        elif error.code in OTHERS:
            return OTHERS[error.code](label, error)
        elif error.code == "invalid":
            kinds = (kind.__name__ for kind in type(field.field).__mro__)
            pattern = next((INVALID[kind] for kind in kinds if kind in INVALID), None)
    return pattern.format(label=label) if pattern else " ".join(error.messages)


def sentences(field: BoundField) -> list[str]:
    return [sentence(field, error) for error in field.errors.as_data()]
