"""Each list of staff over the database of `cases`: queries of the whole request, CPU of the process, rows. Run by `queue`."""

from __future__ import annotations

import json
import statistics
import sys
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.policy import site  # noqa: F401  the models can be read once it is up
from reaccredit.people.models import Role
from reaccredit.people.queries import with_role

TIMES = 9

# As each opens, by each of its filters, by words, and a page deep inside.
LISTS = [
    *(f"/queue/?turn={turn}" for turn in ("", "facility", "reviewer", "arbitrator", "survey-team", "all")),
    *("/queue/?turn=all&page=200", "/queue/?page=50", "/queue/?turn=all&modality=CT&page=3"),
    *("/queue/?turn=all&search=CT-000003", "/queue/?turn=all&search=harbor", "/queue/?turn=all&search=harbor+ct&page=20"),
    *("/queue/?search=nowhere", "/queue/?turn=all&search=12"),
    *("/applications/", "/applications/?page=500", "/applications/?search=harbor", "/applications/?search=CT-000003"),
    *(f"/applications/?state={state}" for state in ("returned", "unpaid", "waiting", "accepted")),
    *("/packages/", "/packages/?page=20", "/packages/?show=all", "/packages/?show=all&page=500"),
    *("/reviews/", "/reviews/?page=500", "/reviews/?running=50", "/reviews/quality/again/"),
    *(f"/reviews/people/?show={show}" for show in ("", "overdue", "undeclared", "away", "ending")),
    *("/reports/", "/reports/?page=500", "/reports/?q=CT-000003", "/reports/?q=harbor"),
    *(f"/reports/?show={show}" for show in ("failed", "passed", "unviewed", "images-out", "taken-back")),
    *("/appeals/", "/appeals/?page=100", "/screening/contests/", "/certificates/", "/certificates/?page=200"),
    *(f"/plans/?show={show}" for show in ("", "writing", "waiting", "completing", "done", "&page=100")),
    *(f"/surveys/?show={show}" for show in ("", "open", "scheduled", "completed", "&page=50")),
    *("/invoices/", "/invoices/?page=500", "/invoices/?state=open", "/invoices/?search=INV-000003"),
    *("/facilities/", "/facilities/?page=200", "/facilities/?search=harbor+12"),
    *("/notices/", "/notices/?page=50", "/notices/?show=unread"),
]  # fmt: skip


def seen(client: Client, address: str) -> dict[str, object]:
    """The median of several askings, once everything is warm."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    queries = len(asked)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    spent = []
    for _ in range(TIMES):
        begun = time.process_time()
        client.get(address)
        spent.append(time.process_time() - begun)
    text = answer.content.decode()
    rows = text.count("<tr") - text.count("<thead")
    return {"address": address, "queries": queries, "ms": 1000 * statistics.median(spent), "rows": rows}


def main() -> None:
    client = Client()
    client.force_login(with_role(Role.STAFF, timezone.localdate()).first())
    client.get("/queue/")
    for address in LISTS:
        if sys.argv[1] in address:
            print(json.dumps(seen(client, address)), flush=True)


if __name__ == "__main__":
    main()
