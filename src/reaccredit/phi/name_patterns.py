"""How names are written: with a label, with a title, with a comma, in capitals, in other scripts."""

from __future__ import annotations

import re

from reaccredit.phi.terms import DEGREES, ROLES

# Counted, never open-ended: a page of capital letters must not take minutes.
CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĽŁŃŇŌŐŒŔŘŚŞŠŤŪŮŰŲŹŻŽȘȚẠ-Ỹ]"
WORD = rf"(?:(?:[ae]l|bin|ben|ibn|abu|d|l)[-'’])?{CAPITAL}[^\W\d_]{{0,30}}(?:['’\-][^\W\d_]{{1,30}}){{0,3}}"
INITIAL = rf"{CAPITAL}\."
SMALL = r"(?:d[aeiou]s?|del|della|de[ ]la|de[ ]los|v[ao]n|von|der|den|ten|ter|el|al|bin|bint|ibn|ben|abu|le|la|y|e|zu|af|st\.)"
SPACE = r"[ \t]{1,3}"
NAME = rf"(?<![\w'’])(?:(?:{SMALL}[ \t]){{0,2}}{WORD}\.?(?:,?[ \t]{{1,3}}(?:{SMALL}[ \t]){{0,2}}{WORD}\.?){{0,3}})"
FULL = rf"(?<![\w'’])(?:{WORD}\.?(?:,?[ \t]{{1,3}}(?:{SMALL}[ \t]){{0,2}}{WORD}\.?){{1,3}})"
LOWER = r"[^\W\d_]{2,30}(?:['’\-][^\W\d_]{2,30})?(?:,?[ \t]{1,3}[^\W\d_]{1,30}(?:['’\-][^\W\d_]{2,30})?\.?){0,2}"
AFTER_LABEL = r"[ \t]*[:=#>][ \t]*\n?[ \t]*"

LABELS = (
    r"(?:(?:patient|pt|client|member|subscriber|insured|guarantor|beneficiary|policy[ ]?holder|enrollee|volunteer|subject"
    r"|claimant|donor|decedent|resident|employee[ ]patient)(?:['’]?s)?(?:[ ](?:full|legal|last|first|given|family|maiden|"
    r"preferred|complete))?(?:[ ]?name)?(?:[ ]\([^)\n]{1,20}\))?"
    r"|(?:last|first|middle|full|legal|maiden|given|family|sur|fore|birth)[ ]?names?(?:[ ]\([^)\n]{1,25}\))?|alias|a\.?k\.?a\.?"
    r"|(?:patient|guardian|parent|volunteer)(?:['’]s)?[ ]signature|signature[ ]of[ ](?:the[ ])?(?:patient|guardian|parent)"
    r"|name[ ]of[ ](?:the[ ])?(?:patient|insured|guarantor|subscriber|guardian|parent|spouse|complainant|relative|claimant)|complainant"
    r"|(?:next[ ]of[ ]kin|nok|emergency[ ]contact|(?:legal[ ])?guardian|parent(?:/guardian)?|spouse|mother|father|wife|"
    r"husband|son|daughter|caregiver|partner|responsible[ ]party|power[ ]of[ ]attorney|poa)(?:['’]s)?(?:[ ]name)?(?:[ ]\([^)\n]{1,20}\))?"
    r"|pat[ ]?name|ptname|patname|patientname|patient[ ]?nm|paciente|nombre(?:[ ]del[ ]paciente)?|apellidos?|nome(?:[ ]do[ ]paciente)?|"
    r"nom(?:[ ]du[ ]patient)?|pr[ée]nom|patientin|nachname|vorname|cognome|nazwisko|imi[ęe]|pacjent|naam|navn|"
    r"ho[ ]va[ ]ten|họ[ ]và[ ]tên|b[ệe]nh[ ]nh[âa]n)"
)
CUED = re.compile(rf"(?<![\w-])(?i:{LABELS}){AFTER_LABEL}(?P<name>{NAME})")
CUED_LOWER = re.compile(
    rf"(?<![\w-])(?i:{LABELS}){AFTER_LABEL}(?P<name>{LOWER})(?=[ \t]*(?:$|[\n,;.(|\t]|\b(?i:dob|mrn|age)))", re.M
)
BELOW = re.compile(rf"(?<![\w-])(?i:patient(?:['’]?s)?[ ]name|name[ ]of[ ]patient)[ \t]*\n[ \t]*(?P<name>{FULL})")
NAMED = re.compile(rf"(?i:patient(?:['’]?s)?[ ]name|\bnamed?|\bcalled)[ \t]+(?i:is|was)?[ \t]*(?P<name>{FULL})")
LOOSE = re.compile(
    rf"\b(?i:patients?|pt\.?|client|volunteer|subject)(?:(?:[ ][a-z]{{2,10}}){{0,3}}[ \t]+(?:was|is|named|called))?(?:[ \t]{{1,2}}|[ \t]*[-–(,][ \t]*)(?P<name>{NAME})"
)
LOOSE_LOWER = re.compile(
    r"\b(?i:patient|pt\.?)[ \t]+(?P<name>[^\W\d_]{2,30}(?:['’-][^\W\d_]{2,20}){0,2}[ \t]+[^\W\d_]{2,30}(?:['’-][^\W\d_]{2,20}){0,2})\b"
)
TITLED = re.compile(
    rf"\b(?i:Mrs?|Ms|Miss|Mx|Master|Sr|Sra|Señora?|Señorita|Doña|Don|Srta|Shri|Smt|Thiru|Selvi|Kum|Herr|Frau|Mme|Monsieur|Madame|Signora?)\b\.?[ \t]+(?P<name>{NAME})"
)
KIN = re.compile(
    r"\b(?i:his|her|their|patient['’]s)[ \t]+(?i:mother|father|wife|husband|son|daughter|spouse|guardian|sister|brother|partner|aunt|"
    rf"uncle|parent|niece|nephew|grandmother|grandfather|cousin|caregiver)\b[ \t]*[,:(]?[ \t]*(?P<name>{NAME})"
    rf"|\b(?i:mother|father|wife|husband|son|daughter|spouse|guardian)\b[,:]?[ \t]+(?P<kin>{FULL})|\b[BSDWCM]/[oO]\.?[ ](?P<of>{NAME})"
)
BORN = re.compile(
    rf"(?P<name>{FULL}),?[ \t]*[\t,;(\[/|–-]?[ \t]*(?<![^\W\d_])(?i:dob|d\.o\.b|born|date of birth|mrn|m\.r\.n|ssn|acc(?:ession)?\b|\d{{1,3}}[- ]?(?:y/?o\b|yr|years?[- ]old)"
    rf"|(?:aged?|a)[ ]\d{{1,3}}\b|\d{{1,3}}[ ]?[MF]\b|[MF][ /,]{{1,2}}\d{{1,3}}\b|\d{{1,2}}/\d{{1,2}}/(?:19|20)\d\d\b)"
)
# One word behind a relative, or before what only one person has: the lists must know it.
KIN_ALONE = re.compile(
    rf"\b(?i:mother|father|wife|husband|son|daughter|spouse|guardian|mom|mum|dad|sister|brother|baby|girlfriend|boyfriend|niece|nephew|aunt|uncle|grandmother|grandfather|widow|carer|attender|bystander|neighbou?r|fianc[ée]e?|kid|child|boy|girl|lady|guy)"
    rf"(?:-in-law)?\b(?:[ ](?:is|was|called|named))?[ ,:(]{{1,3}}(?P<name>{WORD})(?![\w'’-])"
)
KIN_AFTER = re.compile(
    rf"(?<![\w'’-])(?P<name>{WORD}(?:[ ]{WORD}){{0,2}}),?[ ]\(?(?:(?:his|her|the|a)[ ])?(?:husband|wife|son|daughter|mother|father|sister|brother|spouse|niece|nephew|aunt|uncle|guardian|grandson|granddaughter)\b"
)
IN_BRACKETS = re.compile(
    rf"\b(?i:pt|patient|lady|gentleman|guy|woman|man|child|kid)\b[^.;()\n]{{0,30}}\([ ]?(?P<name>{WORD})[ ]?\)"
)
INTRODUCED = re.compile(
    rf"\b(?i:my[ ]name[ ]is|me[ ]llamo|soy|je[ ]m['’]appelle|ich[ ]hei(?:ß|ss)e)[ ]{{1,2}}(?P<name>{FULL}|[^\W\d_]{{3,20}}[ ][^\W\d_]{{3,20}})"
)
BORN_ALONE = re.compile(
    rf"(?<![\w'’-])(?P<name>{WORD})[ ,(]{{1,3}}(?:[^()\n;,]{{1,20}},[ ]?)?(?:(?i:dob|d\.o\.b|born|mrn|date of birth|\d{{1,3}}[ ]?(?:y/?o|yrs?))\b|(?i:\d{{1,3}}[ ]?/?[ ]?[mf]|[mf][ /]\d{{2}})\b(?![/-]))"
)
REGARDING = re.compile(
    rf"(?m)(?:^|(?<=[.\n]))[ \t]*(?i:re|regarding|subject|subj|concerning|in re|reference)[ \t]*:[ \t]*(?P<name>{FULL})"
    rf"|\b(?i:(?:images?|scans?|study|studies|exam|examination|mri|ct|films?|mammogram|report|record|chart|results?|follow-?up|consent|case)[ ]"
    rf"(?:of|for|on|from))[ \t]+(?P<of>{FULL})"
)
FIELD = re.compile(rf"(?m)^[ \t]*Name[ \t]*:[ \t]*(?P<name>{FULL})")
DICOM = re.compile(
    r"(?<![\w'-])[A-Za-z][A-Za-z'-]{1,63}\^[A-Za-z][A-Za-z'-]{0,63}(?:\^[A-Za-z]{0,63}){0,3}(?:[ ][A-Za-z][A-Za-z'-]{1,30}(?=[,\t|;^\n]))?"
)
COMMA = re.compile(
    rf"(?<![\w'’,./-])(?P<last>(?:(?:{SMALL}|De|Del|La|Van|Von|Mac|St|Al|El|O)[ ])?{WORD}),[ \t]{{0,2}}(?P<first>{INITIAL}|{WORD})(?P<more>(?:[ \t]{WORD}\.?|[ \t]{INITIAL}){{0,2}})"
)
PLAIN = re.compile(
    rf"(?<![\w'’./-])(?P<first>{WORD}|{INITIAL}(?![ \t]{{2}}))(?P<middle>(?:[ ](?:{INITIAL}|{CAPITAL}(?=[ \t])|{SMALL}|{WORD})){{0,3}})[ ](?P<last>{WORD})(?![\w’'])"
)
LAST_INITIAL = re.compile(rf"(?<![\w'’./-])(?P<last>{WORD})[ ]{CAPITAL}\b\.?(?:[ ]?{CAPITAL}\b\.?)?(?![\w'’/-])")
BAND = re.compile(
    rf"\b(?i:(?:id|wrist|arm|name)[ -]?(?:band|bracelet|tag)|label|sticker|requisition|order|face[ ]?sheet|worklist)[ ](?i:reads?|said|says|showed|shows|bore|bears|has)[ :,]{{1,3}}(?:the[ ]name[ ])?(?P<name>{NAME})"
)
# One word at the head of a row: "8:05  118  Roe", "* Roe, chest, done twice".
ROW = re.compile(
    rf"(?m)^[ \t>*•-]{{0,8}}(?:(?:\d{{1,2}}[:.]?\d\d|\d{{1,3}}[.)]?|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?)[ \t]{{1,8}}){{0,3}}(?P<name>{WORD})(?=[ \t]{{2}}|,[ ][a-z\d]|[ ]-|[ ]?$|[ ]\()"
)
GLUED = re.compile(rf"(?<![\w.@/-])(?P<first>{CAPITAL}\.){{1,2}}(?P<last>{WORD})(?![\w.@’'])")
SMALL_PAIR = re.compile(
    r"(?<![\w.@/'’-])(?P<first>[^\W\d_]{3,20}(?:-[^\W\d_]{2,12})?)[ ](?P<last>[^\W\d_]{2,20}(?:['’-][^\W\d_]{2,20})?)(?![\w@/-]|\.\w)(?P<label>,?[ \t]{1,3}(?:(?i:mrn|dob|d\.o\.b|born|ssn|acc)\b|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}|[\w.+-]{1,64}@))?"
)
FOREIGN = re.compile(
    r"[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])|[\u0400-\u04ff]{2,20}(?:[ ][\u0400-\u04ff]{2,20}){1,2}|[\u0600-\u06ff]{2,15}(?:[ ][\u0600-\u06ff]{2,15}){1,3}"
    r"|[\uac00-\ud7af]{2,4}(?![\uac00-\ud7af])|[\u0370-\u03ff]{3,20}(?:[ ][\u0370-\u03ff]{3,20}){1,2}|[\u0590-\u05ff]{2,15}(?:[ ][\u0590-\u05ff]{2,15}){1,2}"
    r"|[\u0900-\u0dff]{2,20}(?:[ ][\u0900-\u0dff]{2,20}){1,2}|[\u3040-\u30ff\u4e00-\u9fff]{2,5}[ \u3000][\u3040-\u30ff\u4e00-\u9fff]{1,5}"
    r"|[\u0e00-\u0e7f]{3,20}[ ][\u0e00-\u0e7f]{3,25}"
)
PROFESSIONAL_AFTER = re.compile(
    rf"^[ \t]*[,(–-]?[ \t]*{DEGREES}(?![\w])|^[ \t]*(?:[,(–-]|\n)[ \t]*(?!(?:the[ ])?(?i:patient|pt|client|volunteer))(?i:(?:[\w&./-]+,?[ ]){{0,3}}{ROLES}\b)|^[ \t]+et al\b"
    rf"|^,?[ ]who[ ](?:is|was)[ ](?:an?|the|our)[ ](?:[\w-]{{1,20}}[ ]){{0,2}}(?i:{ROLES})\b"
    rf"|^[ \t]*\t[ \t]*(?i:(?:[\w&./-]+[ ]){{0,3}}{ROLES}\b)"
)
TITLES = r"(?:(?:M(?:rs?|s)|Miss|Dr|Prof|Fr|Rev|Sgt|Sister|Officer|Nurse)\b\.?[ ]{1,2})?"
PROFESSIONAL_BEFORE = re.compile(
    rf"(?:(?i:\b{ROLES})(?:['’]s)?(?:[ ](?:by|name|is|was|on[ -]?site))?[ \t]*[,:;–(|-]?[ \t]*(?:\n[ \t]*)?{TITLES}|\b(?:RN|LPN|CNA|NP|PA|MD|RT|MRSO|PharmD)[ ]?[,:(]?[ ]?|(?<!complaint )(?<!written )(?<!accompanied )(?<!brought )(?<!driven )(?<!posted )(?<!letter )(?<!review )(?<!followed )(?<!signed )(?<!sent )(?<!request )(?<!visited )\bby:?[ ]{{1,2}}{TITLES}|\bour[ ](?=[MD]r){TITLES}|(?i:(?<!patient )(?<!guardian )\b(?:signature|signed)),?\s*)\Z"
)
SIGNED = re.compile(
    r"\b(?:sincerely|regards|thank you|thanks|yours truly),?\s*\Z", re.I
)  # without a roster, whoever signs is staff
PERSON_AFTER = re.compile(
    r"^[\s,;(–-]{0,4}(?:dob|born|mrn|\d{1,3}[- ]?years?[- ]old|y/?o\b|aged?[ ]\d|was[ ](?:scanned|seen|imaged|admitted|positioned)|had[ ]an?[ ]|moved|complained)",
    re.I,
)
PATIENT_BEFORE = re.compile(r"\b(?:patient|pt|client)\b[\s,.(:-]*\Z", re.I)
