"""Vocabulary of resolutions: the verbs that open a numbered paragraph, and month names.

Source: the UN Editorial Manual (operative paragraphs open with a verb in the present tense,
preambular ones with a participle) and resolutions in the six official languages, Portuguese
and German. Words only, no rules: `message.numbers` decides.
"""

from __future__ import annotations

import re

_ENGLISH = """
    accepts acknowledges adjourns adopts affirms agrees also appeals applauds appoints approves
    authorizes authorises calls commends concludes concurs condemns confirms congratulates
    considers decides declares demands deplores designates determines directs elects emphasizes
    emphasises encourages endorses establishes expresses extends further highlights instructs
    invites looks mandates notes observes opposes proclaims proposes reaffirms realizes recalls
    recognizes recognises recommends reconfirms regrets reiterates rejects remains reminds renews
    requests requires resolves solemnly strongly stresses suggests supports takes thanks
    transmits underlines underscores urges welcomes
    acknowledging acting affirming alarmed appreciating aware bearing believing cognizant
    concerned conscious considering convinced deploring desiring determined emphasizing
    expressing guided having mindful noting reaffirming recalling recognizing recognising
    reiterating stressing taking underlining underscoring welcoming
"""
_FRENCH = """
    accueille adopte affirme appelle approuve autorise charge condamne confirme considère constate
    décide déclare demande déplore encourage engage estime exhorte exige exprime félicite insiste
    invite lance note nomme observe prend préconise prie proclame rappelle réaffirme recommande
    reconnaît reconnait regrette réitère remercie salue se souligne souscrit suggère
    affirmant conscient considérant consciente constatant convaincu convaincue guidée notant
    prenant rappelant réaffirmant reconnaissant soulignant
"""
_SPANISH = """
    acoge acuerda adopta afirma alienta apoya aprueba autoriza condena confirma considera decide
    declara destaca encomia exhorta exige expresa felicita hace insta invita lamenta observa pide
    proclama reafirma recalca recomienda reconoce recuerda reitera resuelve solicita subraya toma
    acogiendo afirmando considerando consciente convencida destacando observando reafirmando
    recordando reconociendo reiterando subrayando teniendo tomando
"""
_PORTUGUESE = """
    acolhe apela convida decide encoraja exorta incentiva insta lembra nota reafirma reconhece
    recomenda reitera saúda solicita sublinha toma
"""
_GERMAN = """
    anerkennt appelliert begrüßt beauftragt bekräftigt beschließt betont billigt bittet dankt
    erinnert erkennt ermutigt ersucht fordert legt nimmt stellt unterstreicht verurteilt
"""
_RUSSIAN = """
    вновь выражает высоко заявляет напоминает настоятельно обращается одобряет отмечает
    поддерживает подтверждает подчеркивает поощряет поручает постановляет предлагает предписывает
    признает призывает принимает приветствует просит рекомендует с сожалеет считает утверждает
    учреждает отмечая напоминая подтверждая подчеркивая признавая принимая приветствуя
"""
_ARABIC = """
    يدعو تدعو يقرر تقرر يطلب تطلب يؤكد تؤكد يحث تحث يلاحظ تلاحظ يشجع تشجع يرحب ترحب يعرب تعرب
    يعترف تعترف يسلم تسلم يكرر تكرر يدرك تدرك يوصي توصي يشير تشير يحيط تحيط يعيد تعيد تهيب يهيب
    تناشد يناشد تشدد يشدد تعتمد يعتمد
"""

# Folded as `message.numbers` folds the first word of a paragraph: str.casefold().
OPERATIVE_VERBS = frozenset(
    word.casefold()
    for table in (_ENGLISH, _FRENCH, _SPANISH, _PORTUGUESE, _GERMAN, _RUSSIAN, _ARABIC)
    for word in table.split()
)

# Chinese and Japanese have no blanks between words: the verb is a prefix.
_OPERATIVE_PREFIXES_TEXT = """
    请 請 邀请 邀請 要求 决定 決定 重申 强调 強調 鼓励 鼓勵 注意到 确认 確認 承认 承認 认识到 認識到
    欢迎 歡迎 呼吁 呼籲 敦促 建议 建議 回顾 回顧 感谢 感謝 表示 赞赏 讚賞 促请 促請 吁请 籲請 赞同 贊同
    通过 通過 核可 申明 又 还 還 要請 決議 再確認 留意
"""
OPERATIVE_PREFIXES = tuple(_OPERATIVE_PREFIXES_TEXT.split())

_MONTHS = """
    january february april june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    janvier février fevrier mars avril juin juillet août aout septembre octobre novembre décembre
    januar jänner februar märz maerz mai juni juli oktober dezember
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    januari februari maart mei augustus
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
"""

# "May" and "March" are words too: they are months only before a year, a mark or the line's end.
MONTH = re.compile(
    r"(?:" + "|".join(sorted(set(_MONTHS.split()), key=len, reverse=True)) + r")(?![^\W\d_])"
    r"|(?:may|march)(?=\W{0,2}(?:\d|$)|[,.])",
    re.IGNORECASE,
)
