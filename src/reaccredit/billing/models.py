"""Invoices and their payment. Amounts come from the fee schedule; money itself moves outside the system."""

from __future__ import annotations

from django.db import models

from reaccredit.ledger.models import Case


class Invoice(models.Model):
    class Purpose(models.TextChoices):
        APPLICATION = "application", "Application fee"
        REPEAT = "repeat", "Repeat fee"
        REINSTATEMENT = "reinstatement", "Reinstatement fee"
        SURVEY_BASE = "survey-base", "Base site-visit fee"
        SURVEY_TRAVEL = "survey-travel", "Travel expenses of the survey team"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=20, unique=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    cents = models.PositiveIntegerField(null=True, blank=True)  # null: no published figure, staff enter it
    source = models.CharField(max_length=160, blank=True)  # where the figure comes from
    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["issued_at"]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="invoice_newest"),
            models.Index(fields=["reference"], name="invoice_by_reference"),
            models.Index(fields=["-issued_at", "-id"], condition=models.Q(paid_at__isnull=True), name="invoice_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(paid_at__isnull=True) | models.Q(cents__isnull=False), name="invoice_paid_an_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> str:
        """$2,900.00, or nothing where the amount is not known yet."""
        return "" if self.cents is None else f"${self.cents / 100:,.2f}"
