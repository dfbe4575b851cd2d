"""What the sending page has to know to say by itself, before anything leaves it, which files will be refused."""

from __future__ import annotations

import json

from reaccredit.imaging import reading
from reaccredit.imaging.checks import MODALITIES, Expectation, in_words
from reaccredit.imaging.receiving import FILE_BYTES, TOO_LARGE


def expects(expected: Expectation) -> str:
    """JSON: the limits, and the sentence of each question that the page can ask."""
    wanted = {
        "modality": " or ".join(in_words(code) for code in sorted(expected.modalities)),
        "too-old": in_words(expected.oldest) if expected.oldest else "",
        "too-new": in_words(expected.newest) if expected.newest else "",
        "serial": expected.serial,
    }
    rows = {
        code: {"sentence": expected.rows[code].sentence, "wanted": word}
        for code, word in wanted.items()
        if code in expected.rows
    }
    rows |= {
        "not-dicom": {"sentence": reading.FOREIGN},
        "empty": {"sentence": reading.EMPTY},
        "too-large": {"sentence": TOO_LARGE},
    }
    return json.dumps(
        {
            "modalities": sorted(expected.modalities),
            "words": {code: in_words(code) for code in MODALITIES},
            "oldest": f"{expected.oldest:%Y%m%d}" if expected.oldest else "",
            "newest": f"{expected.newest:%Y%m%d}" if expected.newest else "",
            "serial": expected.serial,
            "most": FILE_BYTES,
            "rows": rows,
        }
    )
