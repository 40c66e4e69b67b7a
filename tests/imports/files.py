"""Test files of our own: people as everyday exports have them, the same for the same seed."""

import csv
import io
import random
from collections.abc import Iterator

HEADER = [
    "Index",
    "Customer Id",
    "First Name",
    "Last Name",
    "Company",
    "City",
    "Country",
    "Phone 1",
    "Phone 2",
    "Email",
    "Subscription Date",
    "Website",
]

_FIRST = "Ada Grace Åsa Jörg Émile Zoë Nadia Ola Kim Linus".split()
_LAST = "Lovelace Hopper Öberg Lefèvre Müller Nguyen O'Neil Smith".split()
_COUNTRIES = "Norway Nepal Andorra Sweden".split()


def people(count: int, seed: int = 1) -> Iterator[list[str]]:
    """Rows below HEADER. Dates are day-month-year; some companies have a comma in their names."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        last, other = chance.choice(_LAST), chance.choice(_LAST)
        company = chance.choice([f"{last}-{other}", f"{last}, {other} and sons", f"{other} Group"])
        day, month = chance.randint(1, 28), chance.randint(1, 12)
        yield [
            str(number),
            f"{chance.getrandbits(60):015X}",
            chance.choice(_FIRST),
            last,
            company,
            f"Lake {other}",
            chance.choice(_COUNTRIES),
            f"{chance.randint(100, 999)}-{chance.randint(100, 999)}-{chance.randint(1000, 9999)}",
            f"+1-{chance.randint(100, 999)}-555-{chance.randint(1000, 9999)}x{number}",
            f"person{number}@place{number % 7}.example",
            f"{day:02d}-{month:02d}-{chance.randint(2018, 2024)}",
            f"https://www.example{chance.randint(1, 99999)}.example/",
        ]


def table(*rows: list[str], delimiter: str = ",") -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def people_file(count: int, seed: int = 1) -> str:
    return table(HEADER, *people(count, seed))
