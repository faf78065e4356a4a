"""The letters of the list harbour-lights: people, countries, organisations and texts are invented."""

from __future__ import annotations

from letters import FOOTER, Letter, alternative, forwarded, html, mixed, text

SECRETARIAT = "Jonas Brekke <jonas.brekke@secretariat.example.org>"
VALMORA = "Odile Varenne <odile.varenne@valmora.example.org>"
INSTITUTE = "Tomas Lindqvist <tomas@institute.example.net>"
VOICES = "Amara Osei <amara@voices.example.com>"
EASTBAY = "陈立 <chen.li@eastbay.example.org>"
SATO = "佐藤美咲 <sato@lamps.example.net>"
ADEYEMI = "Ruth Adeyemi <ruth.adeyemi@example.com>"

SIGNED_VALMORA = """
--\x20
Odile Varenne
Head of Delegation
Ministry of Maritime Affairs of Valmora
Quay 7, Port Valmora
"""
SIGNED_INSTITUTE = """
Best wishes,

Tomas Lindqvist
Senior Research Fellow, Northern Harbour Institute
"""
SIGNED_VOICES = """
Amara

--\x20
Amara Osei | Coordinator | Coastal Voices Association
"""

WORD = """\
<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head>
<meta http-equiv=Content-Type content="text/html; charset=gb2312">
<style><!--
 /* Font Definitions */
 @font-face {font-family:SimSun; panose-1:2 1 6 0 3 1 1 1 1 1; mso-font-alt:\\5B8B\\4F53;}
 @font-face {font-family:"\\@SimSun"; panose-1:2 1 6 0 3 1 1 1 1 1;}
 p.MsoNormal, li.MsoNormal {mso-style-parent:""; margin:0cm; font-size:12.0pt; font-family:SimSun;}
 @list l0 {mso-list-id:417677; mso-list-type:hybrid;}
--></style>
<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026"/></xml><![endif]-->
</head>
<body lang=EN-GB>
<p class=MsoNormal>Dear colleagues,<o:p></o:p></p>
<p class=MsoNormal>here is the zero draft of the resolution on harbour lights. It is an excerpt:
the paragraphs that are not printed stand as they were agreed last year.<o:p></o:p></p>
<p class=MsoNormal style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'>
<![if !supportLists]><span style='font-family:SimSun;mso-list:Ignore'>21.<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Recalls that each harbour
answers for its own lights, and that no ship pays for being guided;<o:p></o:p></p>
<p class=MsoNormal style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'>
<![if !supportLists]><span style='font-family:SimSun;mso-list:Ignore'>24.<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Invites the Secretary-General
to convene open consultations towards <b>enh</b>anced cooperation between the keepers of harbour
lights, in which all harbours take part on an equal footing;<o:p></o:p></p>
<p class=MsoNormal style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'>
<![if !supportLists]><span style='font-family:SimSun;mso-list:Ignore'>30.<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Decides that the mandate of
the working group on lamps ends with its fifth session.<o:p></o:p></p>
<p class=MsoNormal>Comments by the end of the month, please.<o:p></o:p></p>
<p class=MsoNormal>-- <br>Jonas Brekke<br>Secretary, Assembly of Harbour Towns<o:p></o:p></p>
</body></html>
"""

LETTERS: tuple[Letter, ...] = (
    Letter(
        "hl-01@example.org", "Mon, 4 Feb 2019 09:12:00 +0100", SECRETARIAT,
        "Zero draft of the resolution on harbour lights", html(WORD, "gb2312"),
    ),
    Letter(
        "hl-02@example.org", "Wed, 6 Feb 2019 16:40:21 +0100", VALMORA,
        "Re: Zero draft of the resolution on harbour lights",
        text(f"""\
Dear Jonas, dear all,

Valmora thanks the secretariat for the draft. We can go along with paragraph 21
as it stands. For paragraph 24 we propose:

24. Invites the Secretary-General to convene open and inclusive consultations
towards enhanced cooperation between the keepers of harbour lights, with
governments, institutes and civil society each in their role;

The words "in their role" come from para. 35 of the Harbour Charter.
{SIGNED_VALMORA}{FOOTER}"""), parent="hl-01@example.org",
    ),
    Letter(
        "hl-03@example.org", "Thu, 7 Feb 2019 11:05:43 +0000", INSTITUTE,
        "Re: Zero draft of the resolution on harbour lights",
        text(f"""\
On Wed, 6 Feb 2019 at 16:40, Odile Varenne <odile.varenne@valmora.example.org> wrote:
> 24. Invites the Secretary-General to convene open and inclusive consultations
> towards enhanced cooperation between the keepers of harbour lights, with
> governments, institutes and civil society each in their role;

"Enhanced cooperation" tells a keeper nothing. What the harbours share is a
commons of light: a beam is not used up by the ships that steer by it. If the
resolution said so, paragraph 30 would follow by itself.
{SIGNED_INSTITUTE}{FOOTER}"""), parent="hl-02@example.org",
    ),
    Letter(
        "hl-04@example.org", "Fri, 8 Feb 2019 08:31:10 +0000", VOICES,
        "Re: Zero draft of the resolution on harbour lights",
        text(f"""\
Tomas Lindqvist wrote:
> "Enhanced cooperation" tells a keeper nothing. What the harbours share is a
> commons of light: a beam is not used up by the ships that steer by it. If the
> resolution said so, paragraph 30 would follow by itself.

I like the thought, but it does not follow. Paragraph 30 closes the only room
in which fishing villages have a seat. We ask for this instead:

30. Decides to extend the mandate of the working group on lamps until its
eighth session, and to open it to associations of coastal villages.
{SIGNED_VOICES}{FOOTER}"""), parent="hl-03@example.org",
    ),
    Letter(
        "hl-05@example.org", "Mon, 11 Feb 2019 10:20:00 +0800", EASTBAY,
        "关于第24段的意见",
        text("""\
各位同事:

东湾国海事部感谢秘书处的草案。我们对第24段有如下意见。

第24段 请秘书长召开公开磋商，加强灯塔合作，各港口平等参加；

“共同的灯光”这一说法很好，但决议不应改变各港口的责任。我们支持第21段。

--\x20
陈立
东湾国海事部
""", "gb2312"), parent="hl-01@example.org",
    ),
    Letter(
        "hl-06@example.org", "Tue, 12 Feb 2019 18:02:55 +0900", SATO,
        "港の灯台についての提案",
        text("""\
みなさま

港湾灯火協会の佐藤です。灯台の維持費について、ひとつ提案があります。
段落30の作業部会は、第五回会合のあとも続けるべきだと考えます。

--\x20
佐藤美咲
港湾灯火協会
""", "iso-2022-jp"), parent="hl-01@example.org",
    ),
    Letter(
        "hl-07@example.org", "Wed Feb 13 07:44:12 2019", "ann.pellworm at example.org (Ann Pellworm)",
        "Zero draft of the resolution on harbour lights",
        text("""\
Tomas is right about the beam, and wrong about the lamp: oil is used up very
well. Who pays for it? Paragraph 21 says that no ship does.

Ann Pellworm
keeper, Pellworm light
""", header="none"), parent="hl-03@example.org", envelope="ann.pellworm at example.org",
        list_headers=False,
    ),
    Letter(
        "hl-08@example.org", "Thu, 14 Feb 2019 21:15:00 +0100", ADEYEMI,
        "Re: Zero draft of the resolution on harbour lights",
        text(f"""\
I write in my personal capacity.

Paras. 35 and 36 of the Harbour Charter were written before there were
electric lamps. They name roles for governments and harbours, none for
villages. Leaning on para. 35 of the Harbour Charter in 2019 shuts them out.

Ruth Adeyemi
Ministry of Fisheries of Kestrel Bay
{FOOTER}"""), parent="hl-02@example.org",
    ),
    Letter(
        "hl-09@example.org", "Fri, 1 Mar 2019 12:00:00 +0100", SECRETARIAT,
        "First revision of the resolution on harbour lights",
        text(f"""\
Dear colleagues,

the first revision, with what was sent in February. New text is in OP21bis.

OP21. Recalls that each harbour answers for its own lights, and that no ship
pays for being guided;

OP21bis. Recognizes that the light of a harbour serves

OP21bis(a) the ships that call at it, and

OP21bis(b) the villages along its coast;

OP24. Invites the Secretary-General to convene open and inclusive consultations
towards enhanced cooperation between the keepers of harbour lights;

OP30. Decides [to extend] [not to extend] the mandate of the working group on
lamps.

--\x20
Jonas Brekke
Secretary, Assembly of Harbour Towns
{FOOTER}"""),
    ),
    Letter(
        "hl-10@example.org", "Mon, 4 Mar 2019 09:58:37 +0100", VALMORA,
        "Re: First revision of the resolution on harbour lights",
        text(f"""\
Jonas Brekke <jonas.brekke@secretariat.example.org> wrote:
> OP21bis(a) the ships that call at it, and
>
> OP21bis(b) the villages along its coast;

We can accept (b). In (a) a ship that only passes is left out:

OP21bis(a) the ships that call at it or pass it, and
{SIGNED_VALMORA}{FOOTER}"""), parent="hl-09@example.org",
    ),
    Letter(
        "hl-11@example.org", "Mon, 4 Mar 2019 14:20:01 +0000", INSTITUTE,
        "RE: First revision of the resolution on harbour lights",
        text("""\
Odile's (a) is better. It is also my commons of light by another name.

Tomas Lindqvist
Senior Research Fellow, Northern Harbour Institute

-----Original Message-----
From: Odile Varenne
Sent: Monday, March 4, 2019 9:59 AM
To: harbour-lights@example.org
Subject: Re: First revision of the resolution on harbour lights

OP21bis(a) the ships that call at it or pass it, and
"""), parent="hl-10@example.org",
    ),
    Letter(
        "hl-12@example.org", "Tue, 5 Mar 2019 07:15:30 +0000", "Mads Terp <mads@lampmakers.example.com>",
        "Automatic reply: First revision of the resolution on harbour lights",
        text("I am at sea until 18 March and read no mail.\n"), parent="hl-09@example.org",
        headers=("Auto-Submitted: auto-replied",),
    ),
    Letter(
        "hl-13@example.org", "Wed, 6 Mar 2019 11:30:00 +0800", EASTBAY,
        "Re: First revision of the resolution on harbour lights",
        text("""\
OP24. Invites the Secretary-General to convene open consultations on
cooperation between the keepers of harbour lights, within the rules of each
harbour;

我们认为，灯塔合作不应增加小港口的负担。

陈立
东湾国海事部
""", "utf-8", transfer="base64"), parent="hl-09@example.org",
    ),
    Letter(
        "hl-14@example.org", "Thu, 7 Mar 2019 13:45:00 +0100", SECRETARIAT,
        "Fwd: Letter of the lamp makers",
        forwarded("""\
For your information: a letter that came to the secretariat and not to the list.

Jonas Brekke
""", Letter(
            "lm-77@lampmakers.example.com", "Thu, 7 Mar 2019 10:02:00 +0100",
            "Mads Terp <mads@lampmakers.example.com>", "Lamps burn oil, not words",
            text("""\
Dear Mr Brekke,

our members build the lamps of forty harbours. Whatever becomes of paragraph
30, let the working group finish its table of lamp oils first.

Mads Terp
Chairman, Lamp Makers' Federation
"""), list_headers=False)),
    ),
    Letter(
        "hl-15@example.org", "Fri, 8 Mar 2019 17:05:00 +0000", VOICES,
        "Costs of the lights: a table",
        mixed("""\
The table that Ann asked for is attached: what forty villages paid for oil.

From the north quay to the south mole nobody was charged twice.
""", ("text/csv", "lamp-oil.csv", b"village,litres\nNorthquay,410\nSouthmole,385\n"),
            ("application/pdf", "costs-of-light.pdf", b"%PDF-1.1\n%invented\n%%EOF\n")),
        parent="hl-07@example.org",
    ),
    Letter(
        "hl-16@example.org", "Mon, 11 Mar 2019 08:00:00 +0000", "Zoë Marsh <zoe@institute.example.net>",
        "Re: Costs of the lights: a table",
        text("""\
Thank you, Amara. Zoë's law of harbours: the smaller the pier, the dearer the
oil. The café on the south mole pays for its own lantern.

Zoë Marsh, Northern Harbour Institute
""", "utf-8", declared="us-ascii"), parent="hl-15@example.org",
    ),
    Letter(
        "hl-17@example.org", "Tue, 2 Apr 2019 10:10:00 +0200", SECRETARIAT,
        "Second revision of the resolution on harbour lights",
        alternative("This revision is easier to read in the HTML form.\n", """\
<html><body><p>Dear colleagues, the second revision:</p>
<ol start="24"><li>Invites the Secretary-General to convene open and inclusive consultations towards
enhanced cooperation between the keepers of harbour lights, within the rules of each harbour;</li></ol>
<ol start="30"><li>Decides to extend the mandate of the working group on lamps until its sixth
session.</li></ol>
<p>-- <br>Jonas Brekke<br>Secretary, Assembly of Harbour Towns</p></body></html>
"""),
    ),
    Letter(
        "hl-18@example.org", "Wed, 3 Apr 2019 15:26:11 +0200", VALMORA,
        "Re: Second revision of the resolution on harbour lights",
        text(f"""\
Valmora can join a consensus on OP24. We add one sentence that we owe to the
institute: the lights of our harbours are a commons of light, and those who
keep them cooperate because they must.

On OP30 our instructions are for the eighth session. The sixth is too soon.
{SIGNED_VALMORA}{FOOTER}"""), parent="hl-17@example.org",
    ),
    Letter(
        "hl-19@example.org", "Thu, 4 Apr 2019 09:00:12 +0000", VOICES,
        "Re: Second revision of the resolution on harbour lights",
        text(f"""\
On 3 Apr 2019, Odile Varenne wrote:
> the lights of our harbours are a commons of light, and those who
> keep them cooperate because they must.

Said by Tomas in February, by a ministry in April. We are glad of both.

> On OP30 our instructions are for the eighth session. The sixth is too soon.

+1
{SIGNED_VOICES}{FOOTER}"""), parent="hl-18@example.org",
    ),
    Letter(
        "hl-20@example.org", "Mon, 8 Apr 2019 10:45:00 +0800", EASTBAY,
        "Re: Second revision of the resolution on harbour lights",
        text("""\
第30段：我们可以接受第六次会议，也可以接受第八次会议。

陈立
东湾国海事部
""", "gb18030"), parent="hl-17@example.org",
    ),
    Letter(
        "hl-21@example.org", "sometime in May", "Ann Pellworm <ann.pellworm@example.org>",
        "The lamp is lit",
        text("""\
The village has paid for the oil itself. Put that into your paragraph 30.

Ann
"""), envelope_date="Thu May  2 06:00:00 2019",
    ),
    Letter(
        "hl-22@example.org", "Fri, 14 Jun 2019 18:30:00 +0200", SECRETARIAT,
        "Resolution 7/12 as adopted: harbour lights",
        text(f"""\
Adopted without a vote on 14 June 2019:

21. Recalls that each harbour answers for its own lights, and that no ship
pays for being guided;

24. Invites the Secretary-General to convene open and inclusive consultations
towards enhanced cooperation between the keepers of harbour lights, which are
a commons of light, within the rules of each harbour;

30. Decides to extend the mandate of the working group on lamps until its
eighth session.

--\x20
Jonas Brekke
Secretary, Assembly of Harbour Towns
{FOOTER}"""),
    ),
)  # fmt: skip
