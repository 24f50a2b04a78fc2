"""What stands on a computer's screen: settings, folders, a mailbox."""

from __future__ import annotations

from .. import vocabulary as words
from ..fields import Style, make
from ..records import TYPES, gather, slug
from ..samples import ABSENT, Ask, Fact, Page, Pen, Rows, alternatives
from ..values import people

SWITCHES = words.listed("""
Dark mode, Automatic updates, Notifications, Location, Bluetooth, Airplane mode, Two-factor login,
Backup, Read receipts, Sound, Sync, Low power mode, Spell check, Auto-save, Guest access, VPN
""")
CHOICES = {
    "Language": "English (UK), Deutsch, Français, Español, Polski, Italiano",
    "Theme": "Light, Dark, System, High contrast",
    "Time zone": "UTC, CET, EST, GMT+8",
    "Text size": "Small, Medium, Large",
    "Default browser": "Firefox, Chrome, Safari, Edge",
    "Screen lock": "PIN, Pattern, Password, Fingerprint",
    "Resolution": "1920 x 1080, 2560 x 1440, 1280 x 800",
    "Wi-Fi network": "Lobby-5G, Studio12, Attic, GuestNet",
    "Currency": "EUR, USD, GBP, PLN",
    "Units": "Metric, Imperial",
    "Storage used": "41.2 GB of 64 GB, 118 GB of 256 GB, 9.7 GB of 20 GB",
    "Software version": "7.2.1, 14.0, 22.04.3, 3.9.12",
    "Signed in as": "o.reyes@mailbox.example, guest, lab-admin",
}
IS_ON = alternatives("""
{Is} {what} on? / {Is} {what} enabled? / {Is} {what} switched on? / {Is} {what} turned on at the
moment?
""")
SET = alternatives("""
Which {what} is set? / What is the {what}? / {what}? / What is {what} set to? / What has been
chosen for {what}?
""")


def settings(pen: Pen) -> Page:
    """A page of settings: choices and switches."""
    rng = pen.rng
    chosen = rng.sample(sorted(CHOICES), rng.randrange(2, 6))
    switches = rng.sample(SWITCHES, rng.randrange(2, 7))
    words_on = rng.choice((("On", "Off"), ("on", "off"), ("Enabled", "Disabled"), ("Yes", "No")))
    pairs = [(label, rng.choice(CHOICES[label].split(", "))) for label in chosen]
    states = [(label, rng.choice(words_on)) for label in switches]
    asks = [
        Ask("field", label, pen.phrase(SET, what=lowered(label)), value) for label, value in pairs
    ]
    for label, state in states:
        text = pen.phrase(IS_ON, what=lowered(label), Is="Are" if label.endswith("s") else "Is")
        asks.append(Ask("yes/no", label, text, "yes" if state == words_on[0] else "no"))
    gone = rng.choice([label for label in CHOICES if label not in chosen])
    asks.append(Ask("absent", gone, pen.phrase(SET, what=lowered(gone)), ABSENT, (gone,)))
    every = pairs + states
    if pen.chance(0.5):
        rng.shuffle(every)
    apart = pen.chance(0.6)
    rows = [[label, value] if apart else [f"{label} {value}"] for label, value in every]
    title = rng.choice(("Settings", "Preferences", "System settings", "Options", "Device settings"))
    page = Page("settings", title, [[title], *rows], asks, names=switches)
    page.summary = f"The page shows {len(chosen)} settings and {len(switches)} switches."
    page.record = gather((slug(label), value, "string") for label, value in pairs)
    yes = {slug(label): Fact(TYPES["boolean"], state == words_on[0]) for label, state in states}
    page.record |= yes
    return page


def lowered(label: str) -> str:
    """A label as it is said inside a sentence; names such as VPN and Wi-Fi keep their capitals."""
    name = label[:2].isupper() or label.startswith("Wi-Fi")
    return label if name else label[0].lower() + label[1:]


NOUNS = words.listed("""
report, budget, invoice, notes, photo, draft, contract, backup, slides, budget_final, plan, list,
letter, minutes
""")
ENDINGS = ("pdf", "docx", "xlsx", "png", "txt", "zip", "pptx", "csv", "md", "jpg")
VERSIONS = ("", "_v2", "-2025", "_old", "7", "31", "64")
SIZE = alternatives("""
How large is {file}? / What is the size of {file}? / How big is the file {file}? / What size does
{file} have?
""")
MODIFIED = alternatives("""
When was {file} modified? / What is the date of {file}? / When was {file} last changed? / On which
date was {file} edited?
""")
LARGEST = ("Which file is the largest?", "What is the biggest file?")
SMALLEST = ("Which file is the smallest?", "What is the smallest file?")
FILES = alternatives("""
How many files are there? / How many files are in the folder? / How many files are listed? /
Number of files?
""")


def files(pen: Pen) -> Page:
    """A folder: names, sizes, dates."""
    rng = pen.rng
    style = Style.draw(rng)
    stems = rng.sample(NOUNS, rng.randrange(3, 8))
    names = [f"{stem}{rng.choice(VERSIONS)}.{rng.choice(ENDINGS)}" for stem in stems]
    sizes = rng.sample(range(2, 990), len(names))
    columns = {
        "Size": [f"{size} KB" for size in sizes],
        "Modified": [make(rng, "date", style) for _ in names],
    }
    order = rng.sample(sorted(columns), rng.randrange(1, 3))
    asks = []
    for label, phrasings in (("Size", SIZE), ("Modified", MODIFIED)):
        for name, value in zip(names, columns[label] if label in order else (), strict=False):
            asks.append(Ask("cell", f"{name} {label}", pen.phrase(phrasings, file=name), value))
    if "Size" in order:
        largest, smallest = sizes.index(max(sizes)), sizes.index(min(sizes))
        asks.append(Ask("extreme", "largest", pen.phrase(LARGEST), names[largest]))
        asks.append(Ask("extreme", "smallest", pen.phrase(SMALLEST), names[smallest]))
    asks.append(Ask("count", "files", pen.phrase(FILES), str(len(names))))
    gone = f"{rng.choice([noun for noun in NOUNS if noun not in stems])}.{rng.choice(ENDINGS)}"
    asks.append(Ask("absent", gone, pen.phrase(SIZE, file=gone), ABSENT, (gone,)))
    folder = rng.choice(("Documents", "Downloads", "Desktop", "Shared"))
    title = f"{folder} > {rng.choice(words.PROJECTS)}"
    rows: Rows = [[title], ["Name", *order]]
    rows += [[name, *(columns[label][at] for label in order)] for at, name in enumerate(names)]
    return Page("files", title, rows, asks, names=names)


SENDER = alternatives("""
Who wrote about {subject}? / Who sent the message {subject}? / From whom is the mail about
{subject}? / Whose message has the subject "{subject}"?
""")
SUBJECT = alternatives("""
What did {sender} write about? / What is the subject of the message from {sender}? / subject of
{sender}'s mail? / What subject does the mail of {sender} have?
""")
SENT = alternatives("""
When did {sender} write? / At what time did the message from {sender} arrive? / What time was
{sender}'s mail? / When did the mail of {sender} come in?
""")
MESSAGES = alternatives("""
How many messages are there? / How many messages are shown? / How many mails are listed? /
Number of messages?
""")


def inbox(pen: Pen) -> Page:
    """Messages with sender, subject and time."""
    rng = pen.rng
    count = rng.randrange(3, 8)
    style = Style.draw(rng)
    senders, subjects = people(rng, count + 1), rng.sample(words.TOPICS, count)
    times = [make(rng, "time", style) for _ in range(count)]
    apart = pen.chance(0.5)
    title = rng.choice(("Inbox", "Messages", "Mail", "All mail"))
    rows: Rows = [[title]]
    asks = []
    for sender, subject, time in zip(senders, subjects, times, strict=False):
        rows += [[sender, subject, time]] if apart else [[sender, time], [subject]]
        fields = {"sender": sender, "subject": subject}
        asks += [
            Ask("mail", f"sender {subject}", pen.phrase(SENDER, **fields), sender),
            Ask("mail", f"subject {sender}", pen.phrase(SUBJECT, **fields), subject),
            Ask("mail", f"time {sender}", pen.phrase(SENT, **fields), time),
        ]
    asks.append(Ask("count", "mails", pen.phrase(MESSAGES), str(count)))
    other = senders[count]
    asks.append(Ask("absent", other, pen.phrase(SUBJECT, sender=other), ABSENT, (other,)))
    return Page("inbox", title, rows, asks, names=senders[:count])
