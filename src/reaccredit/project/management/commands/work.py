"""The background worker of the task tables, which also takes up what a killed worker had begun."""

from __future__ import annotations

import logging
import secrets
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django_tasks_db.management.commands import db_worker

from reaccredit.project.housekeeping import Housekeeping
from reaccredit.project.web import without_keys
from reaccredit.project.workers import Badge, take_back

# For each level of --verbosity: what is written of the worker's own comings and goings, and of each task.
LEVELS = [
    (logging.CRITICAL, logging.CRITICAL),
    (logging.ERROR, logging.WARNING),
    (logging.INFO, logging.INFO),
    (logging.DEBUG, logging.DEBUG),
]


class Command(db_worker.Command):
    help = "Does the background work that waits, until it is stopped"

    def configure_logging(self, verbosity: int) -> None:
        own, tasks = LEVELS[verbosity]
        db_worker.logger.setLevel(own)
        logging.getLogger(db_worker.TASKS_LOGGER).setLevel(tasks)

    def handle(self, *args: Any, **options: Any) -> None:
        if missing := without_keys():
            raise CommandError(missing)
        machine = socket.gethostname()[:30]
        with Badge(settings.DATA / "workers", f"{machine}-{secrets.token_hex(8)}") as badge:
            again = take_back(badge)
            if again:
                self.stderr.write(f"{again} tasks that were interrupted will be done again.")
            with Housekeeping(badge):
                super().handle(**(options | {"worker_id": badge.name}))
