from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "reaccredit.applications"
    label = "applications"
    default_auto_field = "django.db.models.BigAutoField"
