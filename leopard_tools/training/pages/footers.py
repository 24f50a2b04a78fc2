"""What stands at the foot of any page and is asked for: a number to call, an address."""

from __future__ import annotations

from ..samples import Ask, Page, Pen, alternatives
from ..values import domain, phone

CALL = alternatives("""
Questions? Call {value} / Phone {value} / Tel. {value} / Customer service: phone {value} / Need
help? Call us on {value} / Hotline (phone) {value}, Mon-Fri
""")
WRITE = alternatives("""
Write to {value} / E-mail: {value} / Contact us: {value} / Questions? Mail {value} / {value}
""")
WHICH_NUMBER = alternatives("""
What phone number is given for questions? / Which number can customers call? / What is the hotline
number? / Where can I phone? / What number do I ring if I have a problem?
""")
WHICH_ADDRESS = alternatives("""
Which email address is given for questions? / Where can I write to? / What is the contact email? /
To which mail address do I send my problem?
""")


def add_contact(pen: Pen, page: Page) -> None:
    """Adds a line with a number or an address to a page that has neither."""
    text = page.text.casefold()
    if "@" in text or any(sign in text for sign in ("phone", "tel", "call", "+", "mobile")):
        return
    rivals: tuple[str, ...]
    if pen.chance(0.6):
        value, lines, asked, rivals = phone(pen.rng), CALL, WHICH_NUMBER, ("phone", "tel", "call")
    else:
        box = pen.rng.choice(("info", "support", "hello", "service", "orders", "help"))
        value, lines, asked, rivals = f"{box}@{domain(pen.rng)}", WRITE, WHICH_ADDRESS, ("@",)
    page.rows.append([pen.rng.choice(lines).format(value=value)])
    # Near misses about numbers and addresses are none any more: their signs stand on the page.
    page.asks.append(Ask("field", rivals[0], pen.phrase(asked), value, rivals=rivals))
