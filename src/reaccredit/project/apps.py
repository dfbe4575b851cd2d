from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "reaccredit.project"
    label = "project"
