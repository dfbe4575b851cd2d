from django.apps import AppConfig


class WithdrawalsConfig(AppConfig):
    name = "reaccredit.withdrawals"
    label = "withdrawals"
    default_auto_field = "django.db.models.BigAutoField"
