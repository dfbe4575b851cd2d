"""The rules of a policy file: stages, moves, terms, forms, options, outcomes, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reaccredit.policy.counting import Calendar, Counting, Season
from reaccredit.policy.revision import (
    ALWAYS,
    Accepts,
    Choice,
    Extended,
    Left,
    Move,
    Offer,
    Opening,
    Outcome,
    Over,
    Paper,
    Stage,
    Wait,
    When,
    Window,
)
from reaccredit.policy.spans import Span
from reaccredit.policy.table import Table

COVERS = ("deficient", "all", "none")
PHI = ("forbidden", "allowed")
TAKES = ("latest", "latest-of-all", "earliest")
WHICHEVER = ("earlier", "later")
ROUNDS = ("month-end", "previous-month-end", "month-start", "next-month-start")
COUNTS = ("exclude-first", "include-first")
LASTS = ("included", "excluded")
ROLLS = ("none", "next-business-day", "previous-business-day")
MONTH_ENDS = ("clip", "overflow", "stick")
MOST = 10**6  # no counter comes so far


def counting_of(t: Table, usual: Counting, calendars: Mapping[str, Calendar]) -> Counting:
    """How this table counts: what it says, and for the rest as `[days]`."""
    name = t.one_of("calendar", tuple(calendars), "")
    made = Counting(
        zone=usual.zone,
        count=t.one_of("count", COUNTS, usual.count),
        last=t.one_of("last", LASTS, usual.last),
        roll=t.one_of("roll", ROLLS, usual.roll),
        month_end=t.one_of("month_end", MONTH_ENDS, usual.month_end),
        cutoff=t.hour("cutoff", usual.cutoff),
        calendar=calendars[name] if name else usual.calendar,
    )
    if made.roll != "none" and made.calendar is None:
        raise t.wrong(
            f"'roll' is {made.roll!r} and there is no 'calendar' that says which days are business days", "roll"
        )
    return made


def _one_or_more(t: Table, key: str) -> tuple[str, ...]:
    """A text, or a list of texts of which any will do."""
    return t.texts(key) if isinstance(t.data.get(key, []), list) else (t.text(key),)


def _anchors(t: Table, default: object) -> tuple[str, ...]:
    found = t.texts("from", default)
    if not found:
        raise t.wrong("'from' is empty; a term is reckoned from something", "from")
    return found


@dataclass(frozen=True)
class Rules:
    """Reads tables of rules; it knows how days are counted, and the words that a condition may use."""

    counting: Counting
    calendars: Mapping[str, Calendar]
    seasons: Mapping[str, Season]
    counters: tuple[str, ...]
    traits: tuple[str, ...]

    # ---------------------------------------------------------------- conditions
    def when(self, t: Table) -> When:
        w = t.table("when", "when", (*self.counters, *self.traits))
        if w is None:
            return ALWAYS
        return When(
            counters=tuple(self._counter(w, c) for c in self.counters if c in w.data),
            traits=tuple((name, frozenset(w.texts(name))) for name in self.traits if name in w.data),
            marks=frozenset(w.texts("marks")), without=frozenset(w.texts("without")), outcome=frozenset(w.texts("outcome")),
            heard=w.texts("heard"), unheard=w.texts("unheard"), told=w.texts("told"), untold=w.texts("untold"),
            left=self._left(w.table("left", "left")),
        )  # fmt: skip

    def _counter(self, w: Table, name: str) -> tuple[str, int, int]:
        if isinstance(w.data[name], dict):
            both = w.table(name, "range")
            assert both is not None
            low, high = both.number("from", 0), both.number("to", MOST)
            if not 0 <= low <= high:
                raise both.wrong(f"no count is from {low} to {high}")
            return name, low, high
        exactly = w.number(name)
        if exactly < 0:
            raise w.wrong(f"{name!r} is {exactly}; a counter is never below 0", name)
        return name, exactly, exactly

    def _left(self, t: Table | None) -> Left | None:
        if t is None:
            return None
        more, most = self._span(t, "more_than"), self._span(t, "at_most")
        if (more is None) == (most is None):
            raise t.wrong("'left' says either 'more_than' or 'at_most'")
        self._counts(t, more or most)
        return Left(t.text("until"), more, most, t.text("on", ""))

    # ---------------------------------------------------------------- terms
    def _span(self, t: Table, key: str) -> Span | None:
        return t.span(key) if key in t.data else None

    def _counts(self, t: Table, span: Span | None, own: Counting | None = None) -> None:
        counting = own or self.counting
        if span and span.business_days and counting.calendar is None:
            raise t.wrong("business days need a 'calendar' that says which days those are, here or in [days]")
        if span and span.months and not counting.month_end:
            raise t.wrong("months and years need 'month_end', here or in [days]: it says what 31 January + 1 month is")

    def _own(self, t: Table) -> Counting:
        return counting_of(t, self.counting, self.calendars)

    def _season(self, t: Table) -> Season | None:
        return self.seasons[t.one_of("season", tuple(self.seasons))] if "season" in t.data else None

    def wait(self, t: Table, *, cited: bool = True, free: bool = False) -> Wait:
        """A term. `cited`: it cites clauses of its own. `free`: the span may be left out, and is then the day of the anchor."""
        if "whichever" in t.data or "of" in t.data:
            return self._whichever(t, cited=cited)
        counting = self._own(t)
        within, before, season = self._span(t, "within"), self._span(t, "before"), self._season(t)
        said = [x for x in (within, before, season) if x is not None]
        if len(said) > 1 or not (said or free):
            raise t.wrong("a term says one of 'within', 'before' and 'season'")
        earliest, longer = self._span(t, "earliest"), t.table("extended", "extended") if "extended" in t.data else None
        for span in (within, before, earliest):
            self._counts(t, span, counting)
        return Wait(
            start=_anchors(t, ...), cites=t.cites if cited else (), within=within if said else Span(), before=before,
            season=season, take=t.one_of("take", TAKES, "latest"), earliest=earliest,
            round=t.one_of("round", ROUNDS, "") if "round" in t.data else "",
            extended=self._extended(longer, counting) if longer else None,
            yields=t.texts("yields") if "yields" in t.data else (), when=self.when(t) if "when" in t.data else ALWAYS,
            counting=counting,
        )  # fmt: skip

    def _whichever(self, t: Table, *, cited: bool) -> Wait:
        """The earlier or the later of several ends, each reckoned in its own way."""
        for key in ("within", "before", "season", "from", "take", "earliest", "round", "extended"):
            if key in t.data:
                raise t.wrong(f"{key!r} stands beside 'whichever'; expected it in the terms of 'of'", key)
        parts = tuple(self.wait(part, cited=False) for part in t.rows("of", "part"))
        if len(parts) < 2:
            raise t.wrong("'whichever' chooses among the terms of 'of'; expected two or more of them")
        return Wait(
            start=tuple(n for part in parts for n in part.start), cites=t.cites if cited else (),
            yields=t.texts("yields") if "yields" in t.data else (), when=self.when(t) if "when" in t.data else ALWAYS,
            counting=self._own(t), whichever=t.one_of("whichever", WHICHEVER), of=parts,
        )  # fmt: skip

    def _extended(self, t: Table, counting: Counting) -> Extended:
        by = t.span("by")
        self._counts(t, by, counting)
        return Extended(by, t.text("once"), self._in_time(t))

    def _in_time(self, t: Table) -> Wait | None:
        inner = t.table("in_time", "in_time")
        return self.wait(inner, cited=False) if inner else None

    # ---------------------------------------------------------------- stages
    def stage(self, name: str, t: Table) -> Stage:
        return Stage(
            id=name, title=t.text("title"), holder=t.text("holder", ""), cites=t.cites, asks=t.flag("asks"), ends=t.flag("ends"),
            rests=t.flag("rests"),
            awaits=t.text("awaits", ""), hears=frozenset(t.texts("hears")), moves=self._moves(t),
            dues=tuple(self.wait(d) for d in t.one_or_rows("due", "wait")),
            overdues=tuple(self._overdue(m) for m in t.one_or_rows("overdue", "move")),
            until={kind: self.wait(w) for kind, w in t.tables("until", "wait").items()},
            since={kind: self._since(w) for kind, w in t.tables("since", "wait").items()}, decides=t.text("decides", ""),
            silent=t.texts("silent"),
        )  # fmt: skip

    def _since(self, t: Table) -> Wait:
        if "whichever" in t.data:
            raise t.wrong("'since' is one term and takes no 'whichever'", "whichever")
        return self.wait(t)

    def _overdue(self, t: Table) -> Move:
        m = self.move(t)
        if not m.to and m != Move("", m.cites, when=m.when):
            raise t.wrong("the clock's move says something and does not say where it leads; expected 'to'")
        return m

    def _moves(self, t: Table) -> dict[str, tuple[Move, ...]]:
        held = t.data.get("moves", {})
        if not isinstance(held, dict):
            raise t.wrong(f"'moves' is {held!r}; expected tables [{t.where}.moves.\"fact\"]", "moves")
        inner = Table(t.source, (*t.path, "moves"), held, "when", tuple(held))
        return {kind: tuple(self.move(m) for m in inner.one_or_rows(kind, "move")) for kind in held}

    def _over(self, t: Table) -> Over | None:
        over = t.table("over", "over")
        if over is None:
            return None
        if (past := over.number("past")) < 0:
            raise over.wrong(f"'past' is {past}; a counter is never below 0", "past")
        return Over(over.text("counter"), past, over.text("to"), over.cites)

    def move(self, t: Table) -> Move:
        return Move(
            to=t.text("to", ""), cites=t.cites, settled_to=t.text("settled_to", ""), emptied_to=t.text("emptied_to", ""),
            counts=t.texts("counts"), resets=t.texts("resets"), over=self._over(t), marks=frozenset(t.texts("marks")),
            unmarks=frozenset(t.texts("unmarks")), new_round=t.flag("new_round"), decides=t.text("decides", ""),
            finds=t.text("finds", ""), owes=t.texts("owes"), when=self.when(t),
        )  # fmt: skip

    # ---------------------------------------------------------------- forms and options
    def window(self, t: Table) -> Window:
        opens, due = t.table("opens", "opens"), t.table("due", "wait")
        if opens is None:
            raise t.wrong("a window says when the form opens: [window.opens]")
        return Window(
            stage=t.text("stage"), when=self.when(t), opens=self._opening(opens), due=self.wait(due) if due else None,
            terms={name: self.wait(term) for name, term in t.tables("term", "wait").items()}, silent=t.texts("silent"),
        )  # fmt: skip

    def _opening(self, t: Table) -> Opening:
        after, before, counting = self._span(t, "after"), self._span(t, "before"), self._own(t)
        if after is not None and before is not None:
            raise t.wrong("a form opens either 'after' or 'before' its anchors")
        self._counts(t, after or before, counting)
        return Opening(
            after or Span(elapses=True), _anchors(t, ("entered",) if "season" in t.data else ...), _one_or_more(t, "once"),
            t.cites, t.one_of("take", TAKES, "latest"), before,
            self._season(t), counting,
        )  # fmt: skip

    def offer(self, t: Table) -> Offer:
        return Offer(_one_or_more(t, "stage"), self.when(t), t.texts("options", ...), t.texts("silent"), t.cites)

    def option(self, name: str, t: Table) -> Choice:
        return Choice(
            id=name, title=t.text("title"), summary=t.text("summary", ""), to=t.text("to"), cites=t.cites,
            settled_to=t.text("settled_to", ""), emptied_to=t.text("emptied_to", ""), counts=t.texts("counts"),
            resets=t.texts("resets"), over=self._over(t), marks=frozenset(t.texts("marks")), unmarks=frozenset(t.texts("unmarks")),
            retest=t.text("retest", "nothing"), covers=t.one_of("covers", COVERS, "none"), puts=t.text("puts", ""),
            partial=t.flag("partial"), withdraws=t.flag("withdraws"), ticks=t.flag("ticks", True), challenges=t.flag("challenges"),
            accepts=tuple(self._accepts(k, a) for k, a in self._accepted(t).items()), needs=t.texts("needs"),
            needs_nothing=t.data.get("needs") == [],
            may_add=t.texts("may_add"), provided=t.texts("provided"), then=t.texts("then"), silent=t.texts("silent"),
        )  # fmt: skip

    def _accepted(self, t: Table) -> dict[str, Table]:
        return t.tables("accepts", "accepts")

    def _accepts(self, key: str, t: Table) -> Accepts:
        allowed, excluded = t.texts("allowed"), t.texts("excluded")
        if both := set(allowed) & set(excluded):
            raise t.wrong(f"{min(both)!r} is both allowed and excluded", "excluded")
        return Accepts(key, allowed, excluded, t.flag("required"), t.cites)

    def material(self, name: str, t: Table) -> Paper:
        signed = t.data.get("signed_by", {})
        signed = {"": signed} if isinstance(signed, str) else signed
        if not isinstance(signed, dict) or not all(isinstance(v, str) for v in signed.values()):
            raise t.wrong("'signed_by' is a role, or a table of area kind = role", "signed_by")
        due = t.table("due", "wait")
        return Paper(
            id=name, title=t.text("title"), signed_by=signed, phi=t.one_of("phi", PHI, ""), fee=t.text("fee", ""),
            met_by=t.text("met_by", ""), met_when=t.text("met_when", ""), holder=t.text("holder", ""),
            due=self.wait(due) if due else None, cites=t.texts("cites"),
        )  # fmt: skip

    # ---------------------------------------------------------------- outcomes
    def outcome(self, name: str, t: Table) -> Outcome:
        effective, expires = t.table("effective", "effective"), t.table("expires", "wait")
        grace = t.table("grace", "grace")
        dating = effective.one_of("back_dating", ("allowed", "forbidden"), "allowed") if effective else "allowed"
        return Outcome(
            id=name, title=t.text("title"), accredited=t.flag("accredited"), appealable=t.flag("appealable", True),
            interim=t.flag("interim"), keeps=t.flag("keeps"), suspends=t.flag("suspends"), grounded=t.flag("grounded"),
            effective=self.wait(effective, free=True) if effective else None, back_dating=dating == "allowed",
            expires=self.wait(expires) if expires else None, grace=self.wait(grace) if grace else None,
            grace_once=grace.text("once") if grace else "", grace_in_time=self._in_time(grace) if grace else None,
            silent=t.texts("silent"), cites=t.cites,
        )  # fmt: skip
