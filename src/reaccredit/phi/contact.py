"""Ways to reach a person: telephone, fax, e-mail, postal address, web and internet address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reaccredit.phi import context
from reaccredit.phi.lexicon import fold
from reaccredit.phi.roster import FREE_MAIL, Roster
from reaccredit.phi.terms import MAKERS
from reaccredit.phi.words import CERTAIN, LIKELY, WEAK, Hit

PHONE = re.compile(
    r"(?<![\w.\-/+])(?:\+?1[-. ]?)?(?:\((?P<a>[2-9]\d\d)\)[ ]?[-.]?[ ]?|(?P<b>[2-9]\d\d)[-. /][ ]?)[2-9]\d\d[-. ][ ]?\d{4}(?![\w-]|\.\d)"
    r"|(?<![\w.\-/])\+(?!1[ -.]?[2-9])\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?![\w-])"
    r"|(?<![\w./+-])\+1[2-9]\d\d[2-9]\d{6}(?!\d)|(?<![\w./+-])(?:\(0\d{1,4}\)|0\d{1,4})[ -]\d{3,4}[ -]?\d{3,4}(?![\w-]|\.\d)|(?<![\w./+-])(?:[6-9]\d{4}[ -]\d{5}|0\d{2,3}-\d{7})(?![\w-]|\.\d)|(?<=[:#])[ ]?(?P<c>[2-9]\d\d)[2-9]\d{6}(?!\d)|(?<![\w.-])(?<=\s)[2-9]\d\d-\d{4}(?![\w-])"
)
# Ten digits in one run are a telephone's where a word says so.
RUN = re.compile(
    r"\b(?:phone|cell|call(?:ed)?(?:[ ]?back)?|tel|mobile|home|contact|reach(?:ed|able)?|text|ph|attender|bystander|mother|father|mom|mum|dad|son|daughter|wife|husband|relative)\b\.?(?:[ ](?:no\.?|number|at|is|on|him|her|them|me|#)){0,3}[ :#=(-]{1,3}"
    r"(?P<run>1?[2-9]\d\d[2-9]\d{6})(?![\w-]|\.\d)",
    re.I,
)
SHORT = re.compile(r"[2-9]\d\d-\d{4}\Z")
PHONE_CUE = re.compile(
    r"(?:phone|tel(?:ephone)?|cell|mobile|home|call|text(?:ed)?|reach(?:ed|able)?|contact|voicemail|number|ph|#|t[ée]l[ée]fono|handy|fax|h|c|m|w)\b[^\n]{0,25}\Z",
    re.I,
)
FAX = re.compile(
    r"\b(?:fax(?:ed)?|facsimile)\b[\s:.#]*(?:no\.?|number|to|at|line|is)?[\s:.#]*(?:(?:to\s+|at\s+|for\s+|of\s+)?(?:(?:his|spouse|wife|husband|mother|father|parent|patient|her|their|the|my)\s+)?(?:home|house|work|office)?)?[\s:]*\Z",
    re.I,
)
TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
REACHED = re.compile(
    r"\b(?:home|cell|mobile|personal|attender|bystander|relative|mum|mom|dad|his|her|him|them|she|he|spouse|wife|husband|mother|father|daughter|son|patient|pt|emergency|next of kin|kin|evening|daytime)\b[^.\n]{0,40}\Z",
    re.I,
)
HERS = re.compile(REACHED.pattern.replace("cell|mobile|", ""), re.I)  # a vendor's mail stands behind a cell phone too
MAIL = re.compile(
    r"(?<![\w.+-])[\w.+'-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|\b[\w.+-]{1,64}\s?[\[(]at[\])]\s?[\w-]{1,63}(?:\s?(?:\.|[\[(]dot[\])])\s?[\w-]{1,63}){1,4}"
)
STREET = re.compile(
    r"\b\d{1,6}[A-Z]?(?:-\d{1,4})?[ \t]{1,8}(?:[NSEW]\.?[EW]?\.?[ \t]{1,8}|North[ ]|South[ ]|East[ ]|West[ ])?(?:[A-Z0-9][\w'’.-]{0,30}[ \t]{1,8}){1,4}"
    r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Court|Ct|Way|Place|Pl|Terrace|Ter|Circle|Cir|Parkway|Pkwy|Highway|Hwy|Trail|Trl|"
    r"Loop|Cottages?|Close|Crescent|Cres|Rise|Villas|Nagar|Colony|Salai|Layout|Parade|Pde|Esplanade|Quay|Wharf|Square|Squares|Sq|Run|Ridge|Row|Path|Crossing|Alley|Pike|Plaza|Route|Rte|Point|Cove|Hollow|Heights|Manor|Mews|Park|Bend|Walk|Extension|"
    r"Extensions|Turnpike|Fort|Mission|Village|Landing|Meadows?|Springs?|Hills?|Estates?|Canyon|Gardens?|Gateway|Shores?|Summit|Mount|Island|Junction|"
    r"Forest|Grove|Haven|Harbors?|Falls|Common|Expressway|Freeway|Knolls?|Orchard|Parkways|Passage|Pines?|Prairie|Ranch|Spur|Stravenue|Throughway|"
    r"Trace|Trafficway|Viaduct|Vista)\b\.?"
    r"(?:,?[ \t]{1,8}(?:Apt|Apartment|Unit|Suite|Ste|#|Lot|Fl|Floor)\.?[ \t#]{0,3}[\w-]{1,6})?"
)
STREET_LOWER = re.compile(
    r"\b\d{1,6}[ ](?:[a-z]{2,20}[ ]){1,2}(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|lane|ln|court|terrace|circle)\b"
)
STREET_ABROAD = re.compile(
    r"\b(?:Calle|Avenida|Avda|Carrera|Paseo|Camino|Calzada|Rua|Rue|Via|Viale|Colonia|Plaza)\.?[ ](?:[\w.'’-]{1,20}[ ]){1,4}(?:No\.?|#|n[º°])?[ ]?\d{1,5}\b"
    r"|\b[A-Z][\w-]{2,20}(?:straße|strasse|str\.|weg|gasse|platz|laan|straat|gatan|vej)[ ]\d{1,4}\b"
)
SENT_TO = re.compile(
    r"\b(?:to|for|of|at)[ ](?:(?:the|this|our)[ ])?(?:patient|member|subscriber|family|guardian|widow|him|her|them|his|their)(?:['’]s)?[, ]{1,2}(?:at[ ]|home[ ])?\Z",
    re.I,
)
BOX = re.compile(
    r"\b(?:P\.?\s?O\.?\s?Box|PSC)[ ]\d{1,6}(?:,?[ ]{1,3}(?:Box|APO|DPO)[ ]\w{1,12})?|\b(?:RR|HC|Rural Route)[ ]\d{1,3}(?:,?[ ]Box[ ]\d{1,5})?\b",
    re.I,
)
ZIP = re.compile(
    r"\b(?:[A-Z][\w.]{1,30}(?:[ ][A-Z][\w.]{1,30}){0,2},?[ \t]{1,4})?[A-Z]{2}\.?,?[ \t]{1,4}\d{5}(?:-\d{4})?\b"
)
POSTCODE = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}\d[A-Z\d]?[ ]\d[ABD-HJLNP-UW-Z]{2}|[AC-FHKNPRTV-Y]\d[\dW][ ][AC-FHKNPRTV-Y\d]{4})(?![\w-])"
)
ADDRESSED = re.compile(
    r"\baddress[ ]?:[ ]{0,3}(?P<place>(?=[^\n]{0,40}(?:\d|,))[A-Z\d][^\n\t;]{4,70}?)(?=[ ]{2}|\t|;|\n|\Z)", re.I
)
ZIP_ALONE = re.compile(
    r"(?<![.\w])(?:zip|zip[ ]?code|postal[ ]code|postcode|plz|eircode|pin[ ]?code)[\s:#]{1,3}(?P<zip>[A-Z\d][A-Z\d -]{3,8}\d?[A-Z]{0,2}|\d{5}(?:-\d{4})?)\b",
    re.I,
)
STATE = r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]|A[AEPS]|FM|GU|MH|MP|PW|VI)"
LIVES = re.compile(
    r"\b(?i:lives?|living|lived|resid(?:es|ing|ed|ent(?=[ ](?:of|in|at)))|vive|reside|wohnt|habite|address(?:\s+(?:is|was|on file))?|domiciled|home|moved)[ ]?(?:at|in|on|near|of|is|to|en|à)?[\s:]{1,3}(?:the\s+(?:city|town|village|county)\s+of\s+)?"
    r"(?P<place>(?:(?i:no|flat|apt|plot|door|unit)\.?[ ])?\d{1,6},?[ ][A-Z][^\n.;]{3,60}|[A-Z][a-zà-ž]+(?:[ ][A-Z][a-zà-ž]+){0,2}(?:,[ ][A-Z][\w ]{1,20}|[ ]County|[ ]Parish)?)"
)
TOWN = re.compile(
    rf"\b(?:from|of|in|near)[ ](?P<town>[A-Z][a-z]{{2,20}}(?:[ ][A-Z][a-z]{{2,20}}){{0,2}},[ ]{STATE})(?![\w-])"
)
FROM = re.compile(r"\bfrom[ ](?P<town>[A-Z][a-z]{2,20}(?:[ ][A-Z][a-z]{2,20})?)(?![\w-]|[ ][A-Z]|,[ ][A-Z]{2}\b)")
URL = re.compile(
    r"\b(?:https?://|ftp://|www\.)(?P<host>[\w.-]{1,255})(?P<rest>[^\s<>\"')\]]{0,2000})|(?<![\w@./-])(?P<bare>(?:[\w-]{1,40}\.){1,6}(?:com|org|net|me|info|io|edu|gov|us|co)(?P<path>/[^\s<>\"')\]]{2,2000}))",
    re.I,
)
PERSONAL_HOST = re.compile(
    r"(?:^|\.)(?:facebook|instagram|linkedin|twitter|x|tiktok|caringbridge|gofundme|myspace|pinterest|youtube|flickr|blogspot|wordpress|tumblr|snapchat|venmo|strava|ancestry|legacy)\.(?:com|org)$",
    re.I,
)
PORTAL = re.compile(
    r"my-?(?:chart|health|portal)|patient|portal|chart|/record|/results?/|profile|/user|/u/|/in/|~\w|mrn|dob=|name=|photo|obituar",
    re.I,
)
IPV4 = re.compile(r"(?<![\d.\w-])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d\w]|\.\d)")
IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{1,4}:){3,7}(?::|[0-9a-f]{1,4})(?:[0-9a-f]{0,4}:?){0,4}(?![\w:])|(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){1,5}::(?:[0-9a-f]{1,4})?(?![\w:])",
    re.I,
)
NUMBERED = re.compile(
    r"\b(?:version|ver|v|release|rev(?:ision)?|build|section|sec|clause|chapter|para(?:graph)?|item|step|software|firmware|syngo|numaris|appendix|table|figure|§)\.?[\s:]{0,3}\Z",
    re.I,
)


def phones(text: str, roster: Roster) -> Iterator[Hit]:
    for match in PHONE.finditer(text):
        if roster.knows_phone(match.group()) or _no_phone(match, text):
            continue
        lead = context.before(text, match.start())
        kind = "fax" if FAX.search(lead) else "phone"
        yield Hit(match.start(), match.end(), kind, _whose(text, match.start(), match.end(), lead))


def runs(text: str, roster: Roster) -> Iterator[Hit]:
    for match in RUN.finditer(text):
        start, end = match.span("run")
        if not roster.knows_phone(match["run"]) and match["run"][-10:-7] not in TOLL_FREE:
            yield Hit(start, end, "phone", _whose(text, start, end, context.before(text, start)))


def _no_phone(match: re.Match[str], text: str) -> bool:
    if (match["a"] or match["b"] or match["c"]) in TOLL_FREE:
        return True
    if SHORT.search(match.group()) and len(match.group().strip()) == 8:
        return not PHONE_CUE.search(context.before(text, match.start(), 30))
    part = re.search(
        r"\b(?:p/?n|part|serial|s/?n|model|catalog|order|po|ref|lot|ticket|invoice)\b[\s#:.no]*\Z",
        context.before(text, match.start(), 24),
        re.I,
    )
    return bool(part)


def _whose(text: str, start: int, end: int, lead: str) -> float:
    if context.of_person(text, start, end):
        return CERTAIN
    if REACHED.search(lead) or (context.one_patient(text, start, end) and not context.of_institution(text, start, end)):
        return LIKELY
    return WEAK


def emails(text: str, roster: Roster) -> Iterator[Hit]:
    for match in MAIL.finditer(text):
        mail = re.sub(r"\s", "", match.group()).rstrip(".")
        mail = re.sub(r"[\[(]at[\])]", "@", mail)
        mail = re.sub(r"[\[(]dot[\])]", ".", mail)
        if roster.knows_mail(mail):
            continue
        if context.of_person(text, match.start(), match.end()):
            yield Hit(match.start(), match.end(), "email", CERTAIN)
        elif (
            mail.casefold().rpartition("@")[2] in FREE_MAIL
            or HERS.search(context.before(text, match.start()))
            or context.one_patient(text, *match.span())
        ):
            yield Hit(match.start(), match.end(), "email", LIKELY)
        else:
            yield Hit(match.start(), match.end(), "email", WEAK)


def addresses(text: str, roster: Roster) -> Iterator[Hit]:
    for pattern in (STREET, STREET_LOWER, STREET_ABROAD, BOX, ZIP):
        for match in pattern.finditer(text):
            if roster.knows_address(match.group()) or (pattern is ZIP and not _state(match.group())):
                continue
            certainty = _lives_there(text, match)
            if certainty > WEAK or pattern is not STREET_LOWER:
                yield Hit(match.start(), match.end(), "geographic", certainty)
    for match in POSTCODE.finditer(text):
        yield Hit(match.start(), match.end(), "geographic", 0.01)
    for match in ADDRESSED.finditer(text):
        if not roster.knows_address(match["place"]) and "@" not in match["place"]:
            yield Hit(*match.span("place"), "geographic", WEAK)
    yield from _towns(text)
    yield from _lives(text, roster)


def _lives_there(text: str, match: re.Match[str]) -> float:
    """How surely a person's, not an institution's, this address is."""
    at_home = re.search(r"\bhome address\b|\blives\b|\bresides\b", context.before(text, match.start(), 80), re.I)
    if at_home or context.of_person(text, match.start(), match.end()):
        return CERTAIN
    if SENT_TO.search(context.before(text, match.start(), 50)):
        return LIKELY
    lower = match.re is STREET_LOWER
    sure = context.one_patient(text, *match.span()) and not context.of_institution(text, *match.span())
    return LIKELY if sure and not lower else WEAK


def _of_one(text: str, match: re.Match[str]) -> bool:
    """ "The patient, a driver from Oakton, was told"."""
    lead = context.before(text, match.start(), 100)
    return bool(re.search(r"\b(?:patient|pt)\b,?[ ](?:(?:is|was|a|an|who)[ ])[^.;\n]{0,50}\Z", lead, re.I))


def _towns(text: str) -> Iterator[Hit]:
    for match in TOWN.finditer(text):
        yield Hit(*match.span("town"), "geographic", 0.0)
    for match in FROM.finditer(text):
        if fold(match["town"]) not in MAKERS and not context.INSTITUTION.search(match["town"]):
            yield Hit(*match.span("town"), "geographic", LIKELY if _of_one(text, match) else 0.0)
    for match in re.finditer(r"\b[A-Z][a-z]{2,20}(?:[ ][A-Z][a-z]{2,20})?\s(?:County|Parish|Township|Borough)\b", text):
        if not context.INSTITUTION.search(text, match.end(), match.end() + 30):
            yield Hit(match.start(), match.end(), "geographic", 0.01)
    for match in re.finditer(
        r"\bage[ds]?[ ]\d{1,3},?[ ](?:of|from)[ ](?P<town>[A-Z][a-z]{2,20}(?:[ ][A-Z][a-z]{2,20})?)", text
    ):
        yield Hit(*match.span("town"), "geographic", LIKELY)


# With which digit a state's postal codes begin: "CT  20087" in a list of staff is no place in Connecticut.
ZIP_FIRST = {
    state: digit
    for digit, states in {
        "0": "CT MA ME NH NJ PR RI VT VI", "01": "NY", "1": "DE PA", "2": "DC MD NC SC VA WV", "3": "AL FL GA MS TN", "4": "IN KY MI OH",
        "5": "IA MN MT ND SD WI", "6": "IL KS MO NE", "7": "AR LA OK TX", "8": "AZ CO ID NM NV UT WY", "9": "AK CA HI OR WA GU",
    }.items()
    for state in states.split()
}  # fmt: skip


def _state(text: str) -> bool:
    return any(
        match["zip"][0] in ZIP_FIRST.get(match["state"], "0123456789")
        for match in re.finditer(rf"\b(?P<state>{STATE})\.?,?[ \t]+(?P<zip>\d{{5}})", text)
    )


def _lives(text: str, roster: Roster) -> Iterator[Hit]:
    for match in LIVES.finditer(text):
        if re.match(r"address|home|moved", match.group(), re.I) and not (
            context.of_person(text, *match.span()) or context.one_patient(text, *match.span())
        ):
            continue
        if match["place"][0].isalpha() and not re.match(
            r"(?i)(?:liv|resid|domicil|moved|viv|wohn|habit)", match.group()
        ):
            continue
        if not roster.knows_address(match["place"]):
            yield Hit(*match.span("place"), "geographic", LIKELY)
    for match in ZIP_ALONE.finditer(text):
        near = context.of_person(text, *match.span()) or context.one_patient(text, *match.span())
        if re.search(r"\d", match["zip"]) and not roster.knows_address(match["zip"]):
            yield Hit(
                *match.span("zip"),
                "geographic",
                LIKELY if near or not context.of_institution(text, *match.span()) else WEAK,
            )


def urls(text: str, roster: Roster) -> Iterator[Hit]:
    """Web addresses of makers and authorities are ordinary; one that carries a number or a person, or stands with one,
    is not.
    """
    for match in URL.finditer(text):
        host, rest = match["host"] or match["bare"].partition("/")[0], match["rest"] or match["path"] or ""
        near = context.of_person(text, match.start(), match.end())
        if roster.knows_host(host):
            if PORTAL.search(host + rest) and re.search(r"\d{4}|=", rest):
                yield Hit(match.start(), match.end(), "url", LIKELY if near else 0.01)
            continue
        told = context.one_patient(text, *match.span()) or context.PRONOUN.search(
            context.before(text, match.start(), 60)
        )
        if near:
            yield Hit(match.start(), match.end(), "url", CERTAIN)
        elif (
            told
            or (PERSONAL_HOST.search(host) and len(rest) > 2)
            or PORTAL.search(rest)
            or (PORTAL.search(host) and len(rest) > 1)
        ):
            yield Hit(match.start(), match.end(), "url", LIKELY)
        else:
            yield Hit(match.start(), match.end(), "url", WEAK if re.search(r"\d{5}", rest) else 0.0)


def addresses_of_machines(text: str, roster: Roster) -> Iterator[Hit]:
    """Addresses inside a hospital's network name its own machines; others may name a person's."""
    del roster
    for match in IPV4.finditer(text):
        parts = [int(p) for p in match.groups()]
        if (
            all(p < 256 for p in parts)
            and not NUMBERED.search(context.before(text, match.start(), 24))
            and parts[0] > 0
        ):
            yield Hit(match.start(), match.end(), "ip", _machine(text, match, _inside(parts)))
    for match in IPV6.finditer(text):
        if match.group().count(":") > 3 and not re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", match.group(), re.I):
            yield Hit(
                match.start(),
                match.end(),
                "ip",
                _machine(text, match, match.group().lower().startswith(("fe80", "fd"))),
            )


VERSIONED = re.compile(r"\d\.")
REACHING = re.compile(
    r"\b(?:ip|address|from|login|logged|session|visit\w*|access\w*|connect\w*|client|network|online)\b", re.I
)


def _inside(parts: list[int]) -> bool:
    return parts[0] in (10, 127) or parts[:2] == [192, 168] or (parts[0] == 172 and 16 <= parts[1] < 32)


def _machine(text: str, match: re.Match[str], inside: bool) -> float:
    if (
        context.of_person(text, *match.span())
        or context.one_patient(text, *match.span())
        or context.PRONOUN.search(context.before(text, match.start(), 60))
    ):
        return LIKELY
    left, right = context.line(text, *match.span())
    left, right = max(left, match.start() - 70), min(right, match.end() + 30)
    machine = context.MACHINE.search(text, left, right) or context.INSTITUTION.search(text, left, right)
    if inside:
        return 0.0 if machine else 0.01
    if VERSIONED.match(match.group()) and not REACHING.search(context.before(text, match.start(), 60)):
        return WEAK  # "AWS 1.11.0.15" is software
    return WEAK if machine else LIKELY
