"""Names of people, companies and mailboxes: all invented, companies on the reserved domain `.example`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_FIRST = {
    "en": (
        "James Mary Oliver Amelia Noah Emma Jack Grace Henry Chloe Ethan Ava Lucas Mia Priya Arjun Wei Fatima Omar Zoe"
    ),
    "de": ("Lukas Anna Felix Lena Jonas Marie Jürgen Sabine Stefan Katrin Björn Heike Uwe Petra Mehmet Ayşe Tim Julia"),
    "fr": "Camille Louis Chloé Hugo Manon Jules Inès Étienne Aurélie François Nathalie Mathieu Amélie Karim",
    "es": "Lucía Hugo Martín Sofía Álvaro Carmen José Pilar Javier Marta Íñigo Elena",
    "it": "Giulia Marco Francesca Luca Chiara Matteo Alessandra Giuseppe Elisa Davide",
    "nl": "Daan Sanne Bram Lotte Jeroen Femke Sjoerd Anouk Pieter Marijke",
    "sv": "Erik Astrid Lars Maja Björn Elsa Åsa Göran Linnéa Nils",
    "pl": "Jan Zofia Łukasz Agnieszka Piotr Małgorzata Tomasz Katarzyna Paweł Ewa",
    "pt": "João Maria Pedro Beatriz Tiago Inês Luís Catarina Gonçalo Mariana",
}
_LAST = {
    "en": (
        "Smith Johnson Brown Taylor Wilson Davies Evans Thomas Walker Wright O'Neill Patel Singh "
        "Khan Chen Nguyen Garcia Lee Clark Hall"
    ),
    "de": (
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Krüger Yılmaz Köhler Groß Lehmann"
    ),
    "fr": "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Lefèvre Benali Girard",
    "es": "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Muñoz",
    "it": "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco",
    "nl": "De-Jong Jansen De-Vries Bakker Visser Smit Meijer Mulder Bos Vos",
    "sv": "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Åberg Öström",
    "pl": "Nowak Kowalski Wiśniewska Wójcik Kamiński Lewandowska Zieliński Szymańska",
    "pt": "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Araújo Simões",
}
FIRST_NAMES = {language: tuple(names.split()) for language, names in _FIRST.items()}
LAST_NAMES = {language: tuple(name.replace("-", " ") for name in names.split()) for language, names in _LAST.items()}

_FRONT_WORDS = (
    "Amber Arc Aspen Atlas Birch Blue Bold Bright Cedar Clear Cobalt Copper Coral Crest Delta Drift "
    "Eagle East Echo Ember Fern Flint Forge Fox Frost Gale Glen Gold Grand Granite Green Harbor Hazel "
    "Helio High Hill Indigo Iron Ivy Jade Juniper Keel Kite Lake Lark Laurel Linden Lumen Lunar Maple "
    "Mesa Mint Moss Nimbus Noble North Nova Oak Ocean Olive Onyx Opal Orbit Otter Pearl Pine Polar "
    "Prime Quartz Quill Rapid Raven Red Ridge River Rowan Ruby Sable Sage Salt Sierra Silver Slate "
    "Solar South Spruce Star Stone Storm Summit Swift Teal Terra Thorn Tidal Timber True Umber Union "
    "Vale Vector Vista West White Willow Zephyr"
)
_BACK_WORDS = (
    "analytics bank build care chem clinic cloud components controls craft dental design dynamics edge "
    "electric energy engines express farms finance foods freight gear glass goods grid group health "
    "holding homes hotels insure labs legal lines living loans logic logistics machines markets "
    "materials media medical metals mobility motors networks optics pack paper parts partners pay "
    "pharma plastics power press print retail robotics school security services shipping software "
    "solutions sports steel stores studio supply systems talent tech telecom textiles tools trade "
    "travel trust tv ventures water wave web wind wood works"
)
_FRONT, _BACK = tuple(_FRONT_WORDS.split()), tuple(_BACK_WORDS.split())
COMPANY_NAMES = len(_FRONT) * len(_BACK)

FREE_MAIL = (
    "gmail.com",
    "yahoo.com",
    "outlook.com",
    "hotmail.com",
    "gmx.de",
    "web.de",
    "orange.fr",
    "icloud.com",
    "libero.it",
    "proton.me",
)
THROW_AWAY_MAIL = ("mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "trashmail.com")
UNIVERSITIES = (
    "tu-northfield.example",
    "university-of-vale.example",
    "ridge-college.example",
    "uni-seehausen.example",
)
RIVALS = ("scoremax.example", "leadrocket.example", "funnelforce.example")

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


def company_words(number: int) -> tuple[str, str]:
    """Name and domain of the ``number``-th account, without repetition."""
    front, back = _FRONT[number % len(_FRONT)], _BACK[number // len(_FRONT) % len(_BACK)]
    again = number // COMPANY_NAMES
    suffix = str(again + 1) if again else ""
    return f"{front} {back.title()}{' ' if suffix else ''}{suffix}", f"{front.lower()}-{back}{suffix}.example"


@lru_cache(maxsize=4096)
def mailbox(text: str) -> str:
    """A name as the part before the @: lower case, ASCII, dots between words."""
    plain = unicodedata.normalize(
        "NFKD", text.lower().replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("ı", "i")
    )
    return _NOT_A_LETTER.sub("", plain.encode("ascii", "ignore").decode())
