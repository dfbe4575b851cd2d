"""A site with an empty database in `REACCREDIT_DATA`, ready once this module is imported."""

import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)
