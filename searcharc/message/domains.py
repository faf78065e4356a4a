"""Mail domains: the registered part, and which say nothing about a sender's organisation.

Path: an address -> the domain that may stand for an affiliation, or None. Tables and lookups
only; `message.affiliation` decides.
"""

from __future__ import annotations

from functools import lru_cache

_FREE_MAIL = """
    gmail.com googlemail.com google.com yahoo.com ymail.com rocketmail.com hotmail.com outlook.com
    live.com msn.com passport.com aol.com aim.com compuserve.com cs.com netscape.net icloud.com me.com
    mac.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de freenet.de t-online.de arcor.de posteo.de
    posteo.net mailbox.org protonmail.com protonmail.ch proton.me pm.me tutanota.com tutanota.de tuta.io
    fastmail.com fastmail.fm fastmail.net hushmail.com hush.com zoho.com mail.com email.com usa.net
    juno.com excite.com lycos.com netzero.net altavista.com bigfoot.com iname.com mail.ru yandex.ru
    yandex.com ya.ru rambler.ru bk.ru inbox.ru list.ru inbox.com qq.com foxmail.com 163.com 126.com
    yeah.net sina.com sina.cn sohu.com tom.com 21cn.com 139.com 189.cn aliyun.com naver.com hanmail.net
    daum.net nate.com rediffmail.com indiatimes.com libero.it virgilio.it tiscali.it tin.it alice.it
    hotmail.it laposte.net voila.fr caramail.com free.fr orange.fr wanadoo.fr sfr.fr neuf.fr
    club-internet.fr bbox.fr numericable.fr aliceadsl.fr riseup.net autistici.org disroot.org runbox.com
    mailinator.com seznam.cz centrum.cz wp.pl onet.pl interia.pl o2.pl gazeta.pl terra.com.br uol.com.br
    bol.com.br ig.com.br globo.com abv.bg ukr.net walla.com walla.co.il telenet.be skynet.be chello.nl
    planet.nl home.nl xs4all.nl bluewin.ch sunrise.ch hispeed.ch online.no telia.com bredband.net
    spray.se passagen.se luukku.com kolumbus.fi pp.fi iki.fi sapo.pt telefonica.net terra.es ya.com
    eresmas.com otenet.gr hey.com duck.com mailfence.com cock.li airmail.cc privaterelay.appleid.com
"""
_PROVIDERS = """
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net
    mindspring.com optonline.net roadrunner.com rr.com twc.com frontier.com frontiernet.net
    windstream.net centurylink.net qwest.net pacbell.net ix.netcom.com netcom.com best.com primenet.com
    speakeasy.net speakeasy.org panix.com io.com well.com sirius.com slip.net crl.com dnai.com erols.com
    ameritech.net prodigy.net prodigy.com worldnet.att.net gte.net concentric.net rcn.com tiac.net
    pobox.com sympatico.ca rogers.com shaw.ca telus.net videotron.ca btinternet.com btopenworld.com
    blueyonder.co.uk ntlworld.com virgin.net virginmedia.com demon.co.uk plus.com plusnet.com
    talktalk.net tiscali.co.uk sky.com zen.co.uk bigpond.com bigpond.net.au optusnet.com.au iinet.net.au
    internode.on.net tpg.com.au ozemail.com.au xtra.co.nz paradise.net.nz iafrica.com mweb.co.za
    telkomsa.net netvision.net.il bezeqint.net iol.ie eircom.net indigo.ie teleline.es wanadoo.es
    tele2.se swipnet.se algonet.se get2net.dk mail.dk tdcadsl.dk inet.fi online.de onlinehome.de
    1und1.de strato.de kabelmail.de unitybox.de vodafone.de vodafone.net o2online.de versatel.nl
    zonnet.nl quicknet.nl hetnet.nl kpnmail.nl ziggo.nl upcmail.nl scarlet.be jps.net xmission.com
    teleport.com eskimo.com netaxs.com dircon.co.uk c2.net got.net cyberpass.net hiwaay.net mcs.com
    mcs.net interlog.com passport.ca ripco.com wolfenet.com aracnet.com ricochet.net
"""
_FORWARDERS_AND_HOSTS = """
    acm.org ieee.org computer.org alum.mit.edu alumni.caltech.edu alumni.stanford.edu
    alumni.princeton.edu post.harvard.edu alumni.ethz.ch member.fsf.org fsfe.org gnu.org kernel.org
    debian.org ubuntu.com users.sourceforge.net sourceforge.net users.noreply.github.com github.com
    gitlab.com berlios.de lists.sourceforge.net googlegroups.com yahoogroups.com groups.io freelists.org
    topica.com listbox.com lists.debian.org lists.linux.dev vger.kernel.org mail-archive.com gmane.org
    nabble.com n4.nabble.com simplelogin.com anonaddy.com anonaddy.me relay.firefox.com spamgourmet.com
    sneakemail.com anon.penet.fi nym.alias.net replay.com python.org apache.org
    freebsd.org netbsd.org openbsd.org gentoo.org archlinux.org opensuse.org fedoraproject.org kde.org
    gnome.org linux.dev linux.com r-project.org noreply.invalid localhost
"""
_SILENT = frozenset((_FREE_MAIL + _PROVIDERS + _FORWARDERS_AND_HOSTS).split())
# Providers with an ending per country: yahoo.fr, hotmail.co.uk, gmx.at.
_SILENT_STEMS_TEXT = """
    yahoo hotmail outlook live gmx msn aol ymail googlemail tiscali wanadoo orange
"""
_SILENT_STEMS = frozenset(_SILENT_STEMS_TEXT.split())
_SILENT_HOSTS_TEXT = """
    lists list listserv lists1 mailman mail-archive alumni alum groups bounces noreply users
"""
_SILENT_HOSTS = frozenset(_SILENT_HOSTS_TEXT.split())
# Second labels under which a country's names are registered: example.co.uk, example.ac.jp.
_SECOND_LEVEL_TEXT = """
    co com ac edu gov gob gouv gv go govt org or net ne nom mil nhs sch school info biz ltd plc id
    web asn art adm eng ind inf med pro tur kiev in res nic firm gen police
"""
_SECOND_LEVEL = frozenset(_SECOND_LEVEL_TEXT.split())


def registered_domain(host: str) -> str | None:
    """The domain that somebody registered: "mail.cs.example.ac.uk" -> "example.ac.uk".

    None where there is none: "localhost", an IP address, "". Close to the Public Suffix List for
    countries with second-level names, without its size.
    """
    labels = host.strip().strip(".").lower().split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit() or len(labels) > 20:
        return None
    take = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-take:]) if len(labels) >= take else None


@lru_cache(maxsize=4096)
def organisation_domain(address: str) -> str | None:
    """The registered domain of an address that may stand for an organisation, else None.

    "ann@mail.example.ac.uk" -> "example.ac.uk"; free mail, providers, forwarders, alumni and
    list hosts -> None.
    """
    _, at, host = address.rpartition("@")
    domain = registered_domain(host) if at else None
    if domain is None or is_silent(host, domain):
        return None
    return domain


def is_silent(host: str, domain: str) -> bool:
    """Whether a host says nothing about the organisation of who writes from it."""
    host = host.strip().strip(".").lower()
    labels = host.split(".")
    if domain in _SILENT or domain.split(".", 1)[0] in _SILENT_STEMS:
        return True
    if any(label in _SILENT_HOSTS for label in labels[:-1]):
        return True
    return any(".".join(labels[index:]) in _SILENT for index in range(len(labels) - 1))
