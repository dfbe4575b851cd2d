from django.apps import AppConfig


class ReinstatementsConfig(AppConfig):
    name = "reaccredit.reinstatements"
    label = "reinstatements"
    default_auto_field = "django.db.models.BigAutoField"
