from django.apps import AppConfig
from django.conf import settings

from reaccredit.project import demo_clock


class ProjectConfig(AppConfig):
    name = "reaccredit.project"
    label = "project"

    def ready(self) -> None:
        if settings.DEMO:
            demo_clock.install()
