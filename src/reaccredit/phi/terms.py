"""Words with capital letters that are no patient: makers, products, places, trades, institutions; and words that say
which person is meant.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAKERS = _set(
    """siemens healthineers healthcare philips ge gehc toshiba canon hitachi fujifilm fuji hologic esaote mindray samsung
    medison shimadzu carestream agfa kodak konica minolta neusoft unitedimaging uih varian elekta accuray bracco guerbet
    bayer medrad nemoto ulrich mallinckrodt lantheus curium cardinal jubilant spectrum dynamics digirad biograph magnetom
    somatom symbia mammomat artis acuson axiom achieva ingenia intera ambition elition panorama brilliance ingenuity
    iqon gemini vereos epiq affiniti lumify azurion optima signa revolution discovery lightspeed brightspeed voluson
    logiq vivid venue senographe pristina innova titan vantage galan orian aquilion prime aplio xario celesteion cartesion
    supria echelon oasis airis scenaria arietta selenia dimensions lorad affirm gammex sun nuclear cirs catphan phantom
    phantoms leeds magphan esser jaszczak flangeless radcal raysafe unfors fluke piranha iba ptw standard imaging
    landauer mirion capintec comecer biodex stryker barco eizo nec dome radiforce intellispace sectra intelerad merge
    mckesson change epic cerner meditech nuance powerscribe vitrea terarecon aquarius osirix horos radiant syngo numaris
    avanto aera skyra espree verio symphony sola vida prisma lumina altea amira free.max sempra spectra trio harmony
    definition emotion sensation perspective scope force drive flash edge confidence go.top naeotom alpha flow vision
    mctx horizon excite explorer pioneer architect artist premier voyager hero creator acr triad dicom pacs ris hl7
    windows microsoft adobe word excel acrobat apple google linux intel nvidia dell lenovo hp cisco demonstration devices
    python reportlab docx libreoffice openoffice ghostscript latex tex quartz pdfium skia brivo emi
     siemens-healthineers signa-hdxt medtronic boston abbott biotronik livanova cochlear nevro zimmer biomet
    depuy synthes edwards lifesciences  guidant smith-nephew insulet dexcom tandem lifeline datavan"""
)
PLACES = _set(
    """alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois
    indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana
    nebraska nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania rhode tennessee texas
    utah vermont virginia washington wisconsin wyoming columbia america american states united kingdom canada england
    europe european chicago boston houston phoenix philadelphia antonio diego dallas francisco austin jacksonville
    columbus charlotte indianapolis seattle denver springfield reston baltimore milwaukee portland atlanta miami
    cleveland pittsburgh cincinnati buffalo orlando tampa sacramento oakland minneapolis newark toledo lincoln
    pacific atlantic midwest northeast northwest southeast southwest central eastern western northern southern"""
)
# Words of the trade and of forms, singular; the word list lacks some, and some are also surnames.
ORDINARY = _set(
    """accession account accreditation accuracy achieved acquisition act action address admin administrator adult after age
    agreement alert algorithm all ally am analysis and angle annual answer anterior app appeal applicable appendix
    application applications approval approved arm artifact artefact as assessment assistant assurance at attachment
    attention attestation author authorization auto average axial axis back background baseline batch bed before begin
    best board body bone bore both box brain branch breast building bulletin by calculation calibration call calls camera
    cap card cardiac care case cases cause cell center centre certificate certification chair change chapter charge chart
    check checklist chest chief child clause clinic clinical clip close code coil cold collected collection color column
    comment comments committee company compliance component computed conclusion condition conditions console contact
    contents continuing contrast control controls coordinator copy corner coronal corporate corrective correction count
    course cover coverage craft criteria criterion cross ct current daily data database date day days deal dear death
    deficiency deficient department description desk detail detector determination deviation device diagnosis diagnostic
    diameter diffusion dimension direct direction director disc discharge discussion display distance distortion document
    documentation dose draft drive due during each east echo edit edition education effective electronic email emergency
    employee end engineer engineering english enter entry equipment error evaluation evidence exam examination example
    exams exposure extended external face facility factor factors fail failed fat fax feature female field figure file
    final finding findings first flair flip floor flow focal follow for form formula foot foreign frame free frequency
    from front full function gantry gap general gradient grand grant gray great green grid group guidance guide gun hall
    hand head header heading health hear help high hip home hospital hotline hour house human id image images imaging
    immediate implementation improvement in index indication info information initial initials injection injector inner
    input inspection installation institute instruction instrument insurance intensity internal interval introduction
    inventory invoice iso issue item job joint journal judge key kidney knee label laboratory landmark large laser last
    later lateral law lead leads left legal length letter level levels license light limit limits line linearity link list
    liver local localizer location log logs long loop lot low lower lumbar lung machine magnet magnetic main maintenance
    make male management manager manual manufacturer mark marker master material matrix max maximum mean measure
    measurement measurements mechanical medical medicine medium meeting member memo mesh method minimum minor minute mode
    model modality modules module monitor month monthly motion motor move mr mri multi name names national neck needle
    net network new next night no noise non normal north not note notes notice nuclear number nurse objective observation
    of off offer office officer official old on one only open operation operator option order organ orientation original
    other out outcome outer output outside over overall overview owner package page pages panel paper parameter parent
    park part partial parts pass passed patient patients peak pediatric pelvis people per percent performance period
    person personnel phase phone photo physician physicist picture piece pilot place plan plane plans plate play please
    point policy pool port position positioning post posterior power practice precision preparation prepared present
    president pressure preview previous price primary principal print prior priority privacy problem procedure procedures
    process product professional program programme progress project proof property proposed proton protocol protocols
    provider proximal public pulse purchase purpose qa qc quality quantity quarterly query question quick radiation
    radiograph radiographer radiologic radiological radiologist radiology rate ratio read reader reading real reason
    recommendation record records recovery red reference region registration regulation related relations release
    remark remedy repeat replacement report request requirement requirements resolution resource respect response
    responsible result results retraining return review reviewed reviewer revision rf right ring risk road roi role room
    root round routine row rule run safety sagittal sample saturation scale scan scanner schedule school score screen
    screening seal search second section security self senior sensor sent sequence serial series server service services
    session set setting settings shell shield shift shim short shoulder side signal signature signed sincerely single site
    size slab slice slices small smart snr soft software solution south spatial special specification speed spin spine
    split spot square stack staff staffing stage standard standards start state statement station status step still stone
    stop storage store street strength strong study subject submission submitted subtotal suite summary supervisor supply
    support surface surgery survey system table tag target task team tech technical technique technologist technologists
    technology telephone temperature temporal test testing tests text thank thanks thickness thin thoracic threshold
    throughput time timing tip title to tolerance tomography top topic total tower track training transfer transmit
    transport treatment trend tube turn two type ultrasound uniformity unit units university update upper us use user
    valid value values vendor verification version vessel view viewer visit visual voice volume wall ward waste watch
    water way wednesday week weekly weight west wet white width will window wire with within wood word work workflow
    workstation wrist written year yes yours zone january february march april may june july august september october
    november december monday tuesday thursday friday saturday sunday today tomorrow yesterday regards truly faithfully
    kvp kv mas mgy ctdi ctdivol dlp hounsfield hu tesla tr te ti fov nex pixel voxel fse tse gre epi flair stir dwi adc
    swi tof mra cta pet spect nm dxa bmd cmos psp cr dr rml dob mrn ssn hipaa phi ehr emr icd cpt snomed loinc aapm snm
    sir rsna arrt arrmt nmtcb ardms iac jc osha fda cms mqsa mippa nema iec ansi ieee nist hvl aec kerma piu psg lcd mtf
    rms std dev avg min cv nps nsf ghosting banding aliasing moire gibbs nyquist larmor fourier bloch doppler compton
    alderson rando michelson weber fechner student gauss gaussian poisson parkinson alzheimer crohn hodgkin chiari
    valsalva trendelenburg fowler towne waters  swan ganz foley schmorl achilles douglas morton
    eustachian fallot marfan down  paget meniere kaposi hounsfield roentgen sievert becquerel
    curie faraday lorentz wiener rician bragg cormack damadian mansfield lauterbur
    na tbd etc dept inc llc ltd corp attn ref fig tab sec vol ext tel mob po rd st ave blvd apt ste flr bldg
    helium cryogen chiller coldhead quench gantries tabletop isocenter isocentre laserlight crosshair handrail
    retest reaccredit pre-test pretest upload resubmit resubmission rescan rescanned repositioned turbo hyperband"""
)
PARTICLES = _set(
    "ap ni o ui nic mac fitz de la del della di da dos das du van von der den ten ter el al bin bint ibn abu ben le st mc mac o san y e zu af"
)
# What follows or precedes a capitalised word of an institution, a place or a thing.
INSTITUTIONS = _set(
    """hospital hospitals clinic clinics center centre centers healthcare health imaging radiology university college
    school institute institution foundation associates association society department dept inc llc llp ltd corp
    corporation company co gmbh ag group partners systems solutions services laboratories laboratory labs county city
    township state street st avenue ave road rd boulevard blvd drive dr lane ln court ct way place pl terrace circle cir
    parkway pkwy highway hwy square building tower suite campus wing pavilion ward floor room memorial regional general
    community childrens mercy methodist baptist presbyterian lutheran adventist physicians orthopedics
    oncology cardiology medical medicine electronics devices technologies technology instruments industries committee
    commission board council agency bureau office phantom criterion index equation transform effect law sequence method
    technique protocol view position sign syndrome disease fracture coil filter test scale score grid algorithm ratio
    artifact artefact criteria procedure unit number catheter tendon cyst node architects engineers consultants
    contractors academy hotel inn suites"""
)
ROLES = (
    r"(?:physicist|reader|foreman|rigger|chiropractor|accountant|lawyer|roofer|plumber|electrician|operator|physician|radiologist|technologist|technician|engineer|engineering|manager|director|administrator|"
    r"supervisor|coordinator|nurse|officer|radiographer|sonographer|dosimetrist|specialist|consultant|president|chair|"
    r"secretary|reviewer|inspector|surveyor|trainer|instructor|vendor|representative|rep|lead\s+tech|chief\s+tech|"
    r"tech(?:s|nical)?|staff|night\s+shift|day\s+shift|shift|applications\s+specialist|service|author(?:ed)?|attorney|"
    r"executive|guest|speaker|presenter|moderator|editor|auditor|planner|clerk|analyst|developer|approved\s+by|prepared\s+by|reviewed\s+by|performed\s+by|completed\s+by|interpreted\s+by|dictated\s+by|"
    r"(?:assist|calibrat|fix|install|repair|inspect|test|witness|observ|measur|certifi|servic|maintain|instruct|audit|analy[sz])ed\s+by|admin|installer|facilities|biomed|"
    r"submitted\s+by|trained\s+by|verified\s+by|attested\s+by|trainee|ordering|referring|attending|provider|dr\.?|"
    r"prof(?:essor)?\.?|medical\s+director|qmp|rso|ceo|cfo|cio|coo|fse)"
)
DEGREES = (
    r"(?:M\.?D\.?|D\.?O\.?|Ph\.?\s?D\.?|R\.?T\.?(?:\s?\([A-Z]{1,3}\))*|R\.?N\.?|N\.?P\.?|P\.?A\.?(?:-C)?|M\.?S\.?c?|B\.?S\.?c?|DABR|DABMP|"
    r"DABSNM|FACR|FAAPM|FRCR|CNMT|ARRT|RDMS|RDCS|MBA|MHA|MPH|CMD|MRSO|MRSE|CRA|CIIP|DPhil)"
)
# Words that follow "patient" with a capital letter in headings and are nobody's name.
NOT_NAMES = frozenset(
    """access adult age and bed bore brain breast care center chart chest comfort communication consent contact contrast
    coordinator coverage ct data date dates demographics department dose doses education evaluation exam examination
    examinations exams exposure factors flow for form forms group head id identification identifiers image images imaging
    immobilization in info information instruction instructions is log management medical modality module monitoring
    motion movement mr mri name names no not number of on or orientation pediatric pelvis population portal position
    positioned positioning preparation prep privacy procedure procedures protocol protocols queue questionnaire record
    records registration relations response result results rights safety satisfaction scan scanning scans scheduling
    screening section selection service services setup size sizes spine studies study support table technique test
    testing the throughput tracking transfer transport type types us volume was weight were with workflow none unknown
    yes n/a na withheld redacted removed anonymous anonymized deidentified confidential see all each dob mrn ssn sex
    gender male female re fw fwd address phone email signature initials relationship account accession acc acct city state zip physician
    height weight room floor unit status history""".split()
)
