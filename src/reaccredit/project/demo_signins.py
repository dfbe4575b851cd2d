"""Who can sign in to the demo, as it is printed when it starts."""

from __future__ import annotations

import os

from reaccredit.people.queries import demo_people
from reaccredit.project.demo import samples_folder

# One for each kind of page; the others stand on the page where one chooses whom to be.
SHOWN = (
    "administrator.harbor", "physician.harbor", "administrator.lakeside", "physician.prairie", "newcomer.valley", "staff.aspen",
    "reviewer.cedar", "reviewer.hazel", "arbitrator.juniper", "surveyor.maple",
)  # fmt: skip


def lines() -> list[str]:
    people = {person.email.partition("@")[0]: person for person in demo_people().prefetch_related("posts__facility")}
    shown = [people[key] for key in SHOWN if key in people]
    if not shown:
        return []
    width = max(len(person.email) for person in shown)
    found = [f"Sign in with the password {os.environ.get('REACCREDIT_DEMO_PASSWORD', '')} as"]
    for person in shown:
        posts = person.posts.all()
        where = f", {posts[0].facility.name}" if posts else ""
        found.append(f"  {person.email:<{width}}  {person.headline}{where}")
    found.append(f"or choose one of all {len(people)} people on the sign-in page.")
    folder = samples_folder()
    return [*found, f"Images to upload: {folder}"] if folder.is_dir() else found
