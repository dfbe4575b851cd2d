"""Run by a Python that has presidio-analyzer: texts as JSON on stdin, spans on stdout. Knows nothing of this project.

Where no spaCy model can be had, a blank one is used: then Presidio's patterns run, and its recogniser of names does not.
"""

from __future__ import annotations

import json
import sys

import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngine, SpacyNlpEngine

KINDS = {
    "PERSON": "names", "LOCATION": "geographic", "DATE_TIME": "dates", "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email", "US_SSN": "ssn", "MEDICAL_LICENSE": "certificate",
    "US_DRIVER_LICENSE": "certificate", "US_PASSPORT": "certificate", "URL": "url", "IP_ADDRESS": "ip", "US_BANK_NUMBER": "account", "CREDIT_CARD": "account",
    "IBAN_CODE": "account", "US_ITIN": "ssn", "US_MBI": "health-plan", "NRP": "other",
}  # fmt: skip


class Blank(SpacyNlpEngine):
    def __init__(self) -> None:
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        self.nlp = {"en": spacy.blank("en")}

    def load(self) -> None:
        pass


def engine() -> tuple[NlpEngine, str]:
    for name in ("en_core_web_lg", "en_core_web_md", "en_core_web_sm"):
        if spacy.util.is_package(name):
            return SpacyNlpEngine(models=[{"lang_code": "en", "model_name": name}]), f"patterns and spaCy {name}"
    return Blank(), "patterns only, no model for names could be had"


def main() -> None:
    nlp, ran = engine()
    analyzer = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])
    spans = [
        [(r.start, r.end, KINDS.get(r.entity_type, "other"), r.score) for r in analyzer.analyze(text, language="en")]
        for text in json.load(sys.stdin)
    ]
    json.dump({"spans": spans, "ran": ran}, sys.stdout)


if __name__ == "__main__":
    main()
