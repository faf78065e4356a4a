"""Vocabulary of signatures: what names an organisation, a unit, a role, and what neither.

Words that are general in many languages, no names of organisations. Patterns only;
`message.signature` and `message.affiliation` decide.
"""

from __future__ import annotations

import re

from searcharc.message.hints import Hints

# Legal forms: a name ends with them. Upper and lower case as companies write them.
LEGAL_FORM = re.compile(
    r"(?<![\w.&-])(?:Inc|Incorporated|Ltd|Limited|LLC|L\.L\.C|LLP|LP|PLC|plc|Corp|Corporation|Co\.?,?\s?Ltd|Pvt\.?\s?Ltd|"
    r"Pty\.?\s?Ltd|g?GmbH(?:\s?&\s?Co\.?\s?KG)?|mbH|AG|KG|e\.\s?K|e\.\s?V|eG|OHG|UG|B\.?V|N\.?V|S\.\s?A(?:\.\s?S)?|SAS|"
    r"S\.?A\.?R\.?L|SARL|SL|S\.L|S\.\s?r\.\s?l|Srl|S\.\s?p\.\s?A|SpA|AB|Oy|Oyj|ApS|A/S|AS|ASA|Sp\.\s?z\s?o\.?\s?o|s\.r\.o|d\.o\.o|"
    r"Kft|K\.?K|Ltda|S\.\s?A\.\s?de\s?C\.\s?V|Co)(?![\w&-])\.?(?:,?\s?(?:Inc|Ltd|LLC|KG)\b\.?)?",
)

# Rank 3: whole organisations. Rank 2: bodies that may be part of one. Rank 1: units.
_WHOLE = r"""
    universit\S*|universidad\w*|univ\.|univ|uni-?versity|uniwersytet\w*|univerzit\w*|università|université|hochschule|fachhochschule|
    technische\s+universit\S*|archives?|college|polytechnic\w*|politecnico|politécnica|polytechnique|école\s+\w+|ecole\s+\w+|business\s+school|
    law\s+school|medical\s+school|high\s+school|
    ministry|ministries|ministère|ministere|ministerio|ministério|ministero|(?:bundes)?ministerium|embassy|ambassade|embajada|
    permanent\s+mission|mission\s+(?:permanente|of)|government|parliament|senate|
    corporation|company|bank|banque|banco|airlines?|
    foundation|fondation|fundaci\S+|fundação|fondazione|stiftung|association|asociación|associação|associazione|verein|
    federation|fédération|federación|society|société\s+\w+|sociedad|gesellschaft|confederation|
    commission|council|conseil|consejo|secretariat|authority|agency|agence|agencia|nations\s+unies|united\s+nations|
    academy|academia|académie|akademie|hospital|hôpital|klinik\w*|museum|trust|chamber\s+of|
    consortium|alliance|coalition|union|party|church|
    министерство|университет\w*|академия|фонд|ассоциация|общество|посольство|ооо|зао|оао
"""
_BODY = r"""
    institutes?|institut\w*|instituto|istituto|insitute|centre|center|centro|zentrum|laborator\w+|labs?|laboratoire|labo|observatory|
    research|studio|studios|technologies|technology|solutions|systems|systèmes|software|networks?|electronics|semiconductors?|microsystems|
    instruments|industries|enterprises?|holdings?|partners|consulting|consultants|consultancy|communications|telecom\w*|
    services|media|press|publishing|publications|labs|capital|management|initiative|forum|project|group|gruppe|grupo|groupe|
    team|board|collective|cooperative|networking|computing|computers?|dynamics|devices|robotics|aerospace|pharma\w*|biotech\w*|
    институт|центр|лаборатория
"""
_UNIT = r"""
    depart\w*|dept\.?|département|departamento|dipartimento|abteilung|division|discipline|faculty|faculté|facultad|fakult\S*|fachbereich|
    school\s+of|school|section|branch|unit|unité|umr|chair\s+of|lehrstuhl|arbeitsgruppe|working\s+group|working\s+party|
    sub-?committee|committee|task\s+force|directorate|secretaría|bureau|office|programme|program|kafedra|кафедра|факультет|отдел
"""


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(
        r"(?<![^\W_])(?:" + re.sub(r"\s*\n\s*", "", words.strip()) + r")(?![^\W_])", re.IGNORECASE
    )


WHOLE = _compiled(_WHOLE)
BODY = _compiled(_BODY)
UNIT = _compiled(_UNIT)
# These name a body wherever they stand in it: "Institut Tarnholm", "Centre for Rivers", "Project Reed".
BODY_FIRST = re.compile(
    r".{0,60}?(?<![^\W_])(?:institut\w*|institutes?|istituto|insitute|centre|center|centro|zentrum|laborator\w+|laboratoire|labo|lab|labs|"
    r"observatory|initiative|forum|project|gruppe|grupo|groupe|team|институт|центр|лаборатория)(?![^\W_])",
    re.IGNORECASE,
)
CJK_ORGANISATION = re.compile(
    r"株式会社|有限公司|公司|大学|大學|研究所|研究院|学院|學院|协会|協会|協會|委员会|委員会|委員會|中心|集团|集團|银行|銀行|财团|"
    r"外务省|総務省|省$|政府|国[\u4e00-\u9fff]{1,8}部$|(?:外交|商务|教育|财政|科技|交通|海事|农业|卫生)部$|海事局$|"
    r"대학교|주식회사|연구소|연구원|센터|공사"
)
ARABIC_ORGANISATION = re.compile(r"وزارة|جامعة|مؤسسة|شركة|معهد|مركز|جمعية|هيئة")

_ROLES = r"""
    prof(?:essor)?\.?|professeur|profesora?|lecturer|fellow|student|studentin|étudiante?|estudiante|ph\.?\s?d\.?(?:\s+(?:student|candidate))?|
    undergraduate|postdoc\w*|post-doc\w*|researcher|research\s+(?:associate|assistant|scientist|engineer)|scientist|engineer|ingénieur\w*|
    ingenier[oa]|ingegnere|developer|développeur|desarrollador|entwickler|programmer|programmierer|architect|analyst|consultant|contractor|berater\w*|
    manager|director|directeur|directrice|direktor|head\s+of|head|chief|ceo|cto|coo|cio|cfo|ciso|vp|evp|svp|president|présidente?|presidente|
    vice[\s-]president|chair|chairman|chairwoman|chairperson|co-?chair|vice-?chair|secretary(?:[\s-]general)?|officer|coordinator|coordonnateur|
    coordinador|administrator|sysadmin|admin|adviser|advisor|counsellor|counselor|conseiller|consejero|attaché|ambassador|envoy|envoyée?|
    minister|delegate|déléguée?|delegado|representative|représentante?|founder|co-?founder|owner|partner|member|lead|leader|specialist|technician|
    assistant|associate|editor|attorney|lawyer|counsel|maintainer|principal|intern|trainee|chargée?\s+de|responsable|chercheu\w+|maître|
    doctorante?|doktorand\w*|leiter\w*|referent\w*|wissenschaftliche\w*|mitarbeiter\w*|geschäftsführer\w*|jefe|asesora?|designer|librarian|biologist|statistician|
    physicist|mathematician|economist|inspector|supervisor|expert|evangelist|strategist|wizard|hacker|physician|instructor|teacher|
    директор|профессор|инженер|преподаватель|советник|начальник|доцент
"""
ROLE = _compiled(_ROLES)
# What stands before an office and is none: "Senior - Product Engineer".
GRADE = re.compile(
    r"(?:senior|junior|sr|jr|lead|staff|deputy|assistant|chief|principal|emeritus|adjunct)\.?", re.IGNORECASE
)
CJK_ROLE = re.compile(
    r"工程师|工程師|教授|主任|主席|经理|經理|总监|總監|研究员|研究員|处长|處長|司长|部長|課長|社長|代表|秘书|顾问|顧問|博士|교수|과장|대리|엔지니어|연구원"
)

# What stands in a signature and names no organisation.
CONTACT = re.compile(
    r"https?://\S+|www\.\S+|<[^<>]*>|[\w.+-]+@[\w-]+(?:\.[\w-]+)*|\S+\s+(?:at|en)\s+[\w-]+\.[\w.-]+|"
    r"\(?(?:\+|00)\d[\d\s().-]{5,}|\(?\d{2,4}\)?[-. /]\d{2,4}[-. ]\d{2,4}(?:[-. ]\d{2,4})*|"
    r"(?<![\w-])(?:tel|telephone|phone|ph|fax|mobile|mob|cell|voice|vox|office|desk|direct|email|e-mail|mail|url|web|http|www|homepage|skype|icq|irc|jabber|"
    r"twitter|github|linkedin|pgp|gpg|key|fingerprint|téléphone|tél|telefon|telefax|fon|mobil|handy|teléfono|telefono|tlf|gsm|"
    r"slack|matrix|mastodon|telegram|whatsapp|home\s?page|website|blog|address|(?:m|t|f|p|e|w|o)(?=\s?[.:]))\s*[.#]?\s*[:：=].*",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"stra(?:ß|ss|\?)e\b|str\.\s?\d|\b(?:street|str\.|st\.|avenue|ave\.?|road|rd\.?|drive|dr\.\s?$|lane|boulevard|blvd|square|plaza|rue|chemin|place|"
    r"calle|via|piazza|plaats|weg|allee|platz|p\.?\s?o\.?\s?box|box\s\d|suite|floor|room|building|bldg|campus|house|zip|postfach|postbus|"
    r"highway|hwy|parkway|pkwy|court|way|ronda|paseo|plein|laan|sector|mail\s?stop|ms\s?\d)\b|\b\d{4,6}\b|〒|\b[A-Z]{2}\s\d{5}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}\b",
    re.IGNORECASE,
)
# Companies' registers, memberships and the like: lines in which other names stand.
_REGISTRATION = Hints(
    (
        "copyright",
        "©",
        "registergericht",
        "amtsgericht",
        "handelsregister",
        "hrb ",
        "hra ",
        "ust-id",
        "ust.",
        "ustid",
        "vat no",
        "vat id",
        "vat:",
        "registered ",
        "sitz:",
        "sitz der",
        "aufsichtsrat",
        "vorsitzende",
        "geschäftsf",
        "gesch?ftsf",
        "geschaeftsf",
        "managing director:",
        "managing directors:",
        "certified",
        "proud ",
        "member of the",
        "sponsor",
    )
)


def is_registration(text: str) -> bool:
    """Whether a cell speaks of a register, a board or a membership: "Amtsgericht Kiel, HRB 1"."""
    lower = text.lower()
    return _REGISTRATION.within(lower)


_HEADER_JUNK_TEXT = """
    none home private privat personal n/a na self myself me individual unaffiliated no not organization
    organisation unknown nobody nothing null applicable independent freelance freelancer student retired
    family household nowhere anonymous disorganized disorganised company default various here internet
    linux user person privatperson particulier casa maison zuhause chez moi - -- ? . xxx test
"""
# An Organization header of these words says nothing.
HEADER_JUNK = frozenset(_HEADER_JUNK_TEXT.split())
_DISPLAY_JUNK_TEXT = """
    consultant contractor becario staff external extern ext intern internal student guest admin
    administrator work home private personal mobile via list mailing alias nickname aka formerly
    retired freelance contingent worker temp vendor he him his she her hers they them mr mrs ms dr
    phd md jr sr ii iii iv gmail yahoo hotmail outlook bot usa uk us de fr eu ca au in cn jp me esq
    mba msc bsc notifications noreply support info sales bob bill mike jim joe tom dave dan steve
    rob rick dick jack chuck hank ted ed al ben sam tony andy greg jeff ken ron don liz beth kate
    katie sue meg peg peggy nick chris alex matt pat kim lee max
"""
DISPLAY_JUNK = frozenset(_DISPLAY_JUNK_TEXT.split())
_PLACES_TEXT = """
    usa uk us u.s.a. america canada england scotland wales ireland france germany deutschland spain
    españa italy italia austria österreich switzerland schweiz suisse belgium belgique netherlands
    nederland denmark danmark sweden sverige norway norge finland suomi poland polska russia ukraine
    romania bulgaria greece turkey türkiye israel egypt india china japan korea taiwan singapore
    malaysia indonesia thailand vietnam philippines australia brazil brasil argentina chile mexico
    méxico colombia peru kenya nigeria ghana uganda senegal tunisia morocco portugal hungary czechia
    slovakia slovenia croatia serbia iceland estonia latvia lithuania luxembourg geneva paris london
    berlin madrid rome vienna brussels new york tokyo beijing delhi moscow
"""
PLACES = frozenset(_PLACES_TEXT.split())
