"""Withdrawing a module or patient type, or withdrawing altogether: the form that has to be signed, the signage that has to go."""

from __future__ import annotations

from django.db import models

from reaccredit.applications.models import CaseFile
from reaccredit.documents.models import Document
from reaccredit.people.models import Person, Role, Signature
from reaccredit.reports.models import FinalReport


class Withdrawal(models.Model):
    class Scope(models.TextChoices):
        AREAS = "areas", "Modules or patient types"
        UNIT = "unit", "The unit"
        ALL = "all", "The accreditation process"

    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="withdrawals")
    report = models.ForeignKey(FinalReport, on_delete=models.PROTECT, related_name="withdrawals")
    scope = models.CharField(max_length=10, choices=Scope.choices)
    areas = models.JSONField(default=list, blank=True)  # codes; empty when everything is withdrawn
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return f"withdrawal {self.pk} of {self.case_file}"


class WithdrawForm(models.Model):
    """The Withdraw Module/Patient Type Form, once the listed supervising physician has signed it."""

    withdrawal = models.OneToOneField(Withdrawal, on_delete=models.PROTECT, related_name="form")
    statement = models.TextField()
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # a scan
    came_by = models.CharField(
        max_length=10, choices=[("system", "In the system"), ("fax", "Fax"), ("post", "Post"), ("mail", "E-mail")]
    )
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(came_by="system", document__isnull=True)
                | (~models.Q(came_by="system") & models.Q(document__isnull=False)),
                name="withdraw_form_signed_here_or_on_paper",
            ),
            models.CheckConstraint(
                condition=models.Q(received_at__lte=models.F("recorded_at")),
                name="withdraw_form_not_recorded_before_it_came",
            ),
        ]

    def __str__(self) -> str:
        return f"form of {self.withdrawal_id}"


class SignageRemoval(models.Model):
    """The facility's word that no accreditation signage is on display any more."""

    withdrawal = models.OneToOneField(Withdrawal, on_delete=models.PROTECT, related_name="signage")
    statement = models.TextField()
    attested_name = models.CharField(max_length=120)
    attested_role = models.CharField(max_length=40, choices=Role.choices)
    sha256 = models.CharField(max_length=64)
    removed_on = models.DateField()
    attested_at = models.DateTimeField()
    attested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(attested_name=""), name="signage_attested_by_name")]

    def __str__(self) -> str:
        return f"signage of {self.withdrawal_id}"
