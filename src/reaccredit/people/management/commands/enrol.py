"""Lets the first people of a programme in: an account and a role, from the command line of the server."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from reaccredit.people import actions
from reaccredit.people.models import PROGRAMME_ROLES, Person, ProgrammeRole


class Command(BaseCommand):
    help = "Give somebody an account (if there is none with that address) and a role in the programme from today on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=[role.value for role in PROGRAMME_ROLES])
        parser.add_argument("--name", help="needed for a new account")
        professions = [p for p in ProgrammeRole.Profession.values if p]
        parser.add_argument(
            "--profession", choices=professions, default="", help="what a reviewer or surveyor may judge"
        )
        parser.add_argument(
            "--no-password",
            action="store_true",
            help="the person chooses one by the link that “Forgotten password” mails",
        )

    def handle(self, *args: Any, email: str, role: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is no email address.") from None
        known = Person.objects.filter(email__iexact=email).first()
        if known is None and not options["name"]:
            raise CommandError(f"There is no account {email} yet: say the name with --name.")
        password = None if known or options["no_password"] else self._password(email, options["name"])
        now = timezone.now()
        with transaction.atomic():
            person = known or actions.register(email=email, name=options["name"], password=password, now=now)
            held = ProgrammeRole.objects.filter(person=person, role=role, until__isnull=True)
            if held.exists():
                raise CommandError(f"{person.name} has that role already.")
            actions.appoint(person=person, role=role, since=timezone.localdate(now), profession=options["profession"])
        self.stdout.write(f"{person.name} ({person.email}) is enrolled as {role}.")

    def _password(self, email: str, name: str) -> str:
        """Asked for twice at a terminal; read as one line where it is piped in. Never an argument: those can be listed."""
        if not sys.stdin.isatty():
            first = again = sys.stdin.readline().rstrip("\n")
        else:
            first, again = getpass.getpass("Password: "), getpass.getpass("The same again: ")
        if first != again:
            raise CommandError("These were two different passwords. Nothing was written.")
        try:
            validate_password(first, Person(email=email, name=name))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return first
