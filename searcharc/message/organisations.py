"""Vocabulary of signatures: what names an organisation, a unit, a role, and what neither.

Words that are general in many languages, no names of organisations. Patterns only;
`message.signature` and `message.affiliation` decide.
"""

from __future__ import annotations

import re

from searcharc.message.hints import Hints
from searcharc.message.orgnames import LEGAL_FORM as LEGAL_FORM

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
    r"外务省|総務省|省$|政府|国[\u4e00-\u9fff]{1,8}部$|基金会|基金會|学会|學會|大使馆|大使館|代表团|代表團|联盟|聯盟|海事局$|"
    r"(?:外交|商务|教育|财政|科技|科学技术|交通|交通运输|海事|农业|卫生|工业和信息化|信息产业|公安|国防|司法|文化|水利|环境)部$|"
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
    rapporteur|commissioner|governor|treasurer|trustee|conven[oe]r|moderator|liaison|focal\s+point|spokes(?:person|man|woman)|
    consul|observer|facilitator|curator|dean|rector|registrar|barrister|solicitor|advocate|activist|journalist|
    chef(?:fe)?\s+d\S+|conseillère|secrétaire|ambassad(?:eur|rice)|ministre|rapporteuse|professeure|avocate?|juriste|
    coordinatrice|attachée|adjointe?|trésori(?:er|ère)|chargée?\s+d['’]affaires|
    director[ae]?s?\s+(?:general|ejecutiv[oa])|directora|consejera|coordinadora|agregad[oa]|embajador(?:a)?|jefa|secretari[oa]|
    investigador(?:a)?|abogad[oa]|ministr[oa]|presidenta|vicepresident[ae]|delegada|representante|encargad[oa]|
    diretor(?:a)?(?:-geral)?|professora|conselheir[oa]|embaixador(?:a)?|coordenador(?:a)?|pesquisador(?:a)?|assessor(?:a)?|
    secretári[oa]|chefe|advogad[oa]|ricercat(?:ore|rice)|dirett(?:ore|rice)|professoressa|consiglier[ae]|
    ambasciat(?:ore|rice)|segretari[oa]|coordinatore|avvocat[oa]|responsabile|docente|
    botschafter(?:in)?|professorin|sprecher(?:in)?|vorsitzender?|koordinator(?:in)?|wissenschaftler(?:in)?|ingenieur(?:in)?|
    beauftragter?|rechtsanw(?:alt|ältin)|\w*(?:leiter|direktor|referent|sekretär|berater)(?:in)?|
    engenheir[oa]|gerente|técnic[oa]|analista|economista|bolsista|soci[óo]log[oa]|periodista|jornalista|giornalista|
    директор\w*|профессор|инженер|преподаватель|советни\w+|начальник\w*|доцент|заведующ\w+|заместитель|председатель|
    секретарь|посол|посланник|представитель|координатор|эксперт|научный\s+сотрудник|аспирант\w*|руководитель|юрист
"""
ROLE = _compiled(_ROLES)
# What stands before an office and is none: "Senior - Product Engineer".
GRADE = re.compile(
    r"(?:senior|junior|sr|jr|lead|staff|deputy|assistant|chief|principal|emeritus|adjunct)\.?", re.IGNORECASE
)
CJK_ROLE = re.compile(
    r"工程师|工程師|教授|主任|主席|经理|經理|总监|總監|研究员|研究員|处长|處長|司长|局长|局長|院长|院長|会长|會長|会長|参赞|參贊|大使|干事|幹事|律师|律師|讲师|講師|主管|专员|專員|部長|課長|社長|代表|秘书|顾问|顧問|博士|교수|과장|대리|엔지니어|연구원"
)

ARABIC_ROLE = re.compile(
    r"(?<!\w)(?:ال)?(?:مستشار|أستاذ|مدير|رئيس|سفير|وزير|أمين|ممثل|باحث|مهندس|منسق|خبير|محام)(?:ة|ي|ية)?(?!\w)"
)
# An office that is over: what it is of is no affiliation.
FORMER = re.compile(
    r"\W{0,3}(?:(?:former(?:ly)?|previously|ex|past|ancien(?:ne)?|ehemals|ehemalige[rn]?|exdirector\w*|antigu[oa]|"
    r"бывш\w+)(?!\w)|前任)",
    re.IGNORECASE,
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
# A label of the same without its colon.
WAY_TO_REACH = re.compile(
    r"(?:tel|telephone|phone|fax|mobile|cell|e-?mail|mail|url|web|homepage|skype|icq|irc|jabber|xmpp|gtalk|twitter|github|"
    r"linkedin|facebook|wechat|pgp|gpg|微信|电话|電話|手机|手機|邮箱|郵箱|地址|网址|网站|传真|住所|тел|факс)\.?"
    r"|.*\s(?:AT|\(at\)|\[at\])\s.*\s(?:DOT|\(dot\)|\[dot\])\s.*",
    re.IGNORECASE,
)
# A team that could be anybody's.
GENERIC_TEAM = re.compile(
    r"(?:the\s+)?(?:(?:customer|client|technical|tech|support|sales|marketing|service|help|admin|security|billing|account|"
    r"accounts|procurement|purchasing|editorial|organi[sz]ing|your)s?\s+){1,3}"
    r"(?:team|department|dept\.?|desk|office|group|services?|committee)",
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
