from __future__ import annotations

from django.urls import path

from reaccredit.applications import invoice_views

app_name = "billing"

urlpatterns = [
    path("", invoice_views.index, name="index"),
    path("<slug:number>/", invoice_views.invoice, name="invoice"),
    path("<slug:number>/amount/", invoice_views.amount, name="amount"),
    path("<slug:number>/paid/", invoice_views.pay, name="pay"),
]
