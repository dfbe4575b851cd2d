from django.apps import AppConfig


class LookingConfig(AppConfig):
    name = "reaccredit.looking"
    label = "looking"
    default_auto_field = "django.db.models.BigAutoField"
