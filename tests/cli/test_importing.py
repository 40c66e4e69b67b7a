"""Imports by the command line: found out, told, interrupted and gone on with."""

import csv
import json
import signal
from pathlib import Path

import psycopg
import pytest

from tests.commands import command, done, eventually, running


def contacts(url: str) -> dict[str, dict]:
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT properties FROM records WHERE type = '0-1'").fetchall()
    return {row[0]["email"]: row[0] for row in rows}


@pytest.fixture
def write(tmp_path: Path):
    """Writes a file of these lines, and returns where it is."""

    def write(*lines: str, name: str = "people.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding)
        return path

    return write


def test_columns_find_their_properties_and_all_rows_are_in(url: str, write) -> None:
    file = write("E-mail;First name;Unheard of", "ada@x.test;Ada;1", "bo@x.test;Bo;2")
    printed = done(url, "import", file, "--object", "contacts")
    assert printed == ("2 rows: 2 created, 0 updated, 0 unchanged, 0 rejected; 0 warnings\n")
    assert contacts(url)["ada@x.test"]["firstname"] == "Ada"
    again = json.loads(done(url, "import", file, "--object", "0-1", "--json"))
    assert (again["created"], again["unchanged"], again["report"]) == (0, 2, None)


def test_what_the_user_says_comes_before_what_is_found_out(url: str, write) -> None:
    file = write(
        "Mail|Name|Since|Phone",
        "ada@x.test|Lovelace|03/04/2024|1",
        encoding="utf-16",
    )
    done(
        url, "import", file, "--object", "contacts", "--delimiter", "pipe",
        "--map", "Name=lastname", "--map", "Phone=", "--map", "Since=closedate",
        "--date-format", "mdy", "--key", "email",
    )  # fmt: skip
    ada = contacts(url)["ada@x.test"]
    assert ada["lastname"] == "Lovelace"
    assert ada["closedate"].startswith("2024-03-04")
    assert "phone" not in ada


def test_rows_are_associated_with_the_records_that_they_name(url: str, write) -> None:
    companies = write("name,domain", "Engines,engines.test", name="companies.csv")
    done(url, "import", companies, "--object", "companies")
    people = write("email,employer", "ada@x.test,Engines")
    done(url, "import", people, "--object", "contacts", "--associate", "employer=companies.name")
    with psycopg.connect(url) as conn:
        (count,) = conn.execute("SELECT count(*) FROM associations").fetchone()
    assert count > 0


def test_rejected_rows_are_reported_and_the_others_are_in(url: str, write) -> None:
    file = write("email,lifecyclestage", "ada@x.test,lead", "nonsense,lead", "bo@x.test,=1+1")
    result = command(url, "import", file, "--object", "contacts", "--json")
    assert result.returncode == 3
    told = json.loads(result.stdout)
    assert (told["created"], told["rejected"]) == (1, 2)
    report = Path(told["report"])
    assert report == file.with_name(f"people.report-{told['id']}.csv")
    with report.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [(row["Line"], row["Column"], row["Imported"]) for row in rows] == [
        ("3", "email", "no"),
        ("4", "lifecyclestage", "no"),
    ]
    assert rows[1]["Value"] == "'=1+1"


def test_the_report_goes_where_the_user_wants_it(url: str, write, tmp_path: Path) -> None:
    file = write("email", "ada@x.test", "nonsense")
    report = tmp_path / "wrong.csv"
    result = command(url, "import", file, "--object", "contacts", "--report", report)
    assert result.returncode == 3
    assert str(report) in result.stdout
    assert report.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{file}"], "--object"),
        (["--object", "contacts"], "FILE or --resume"),
        (["{file}", "--object", "contacts", "--resume", "1"], "FILE or --resume"),
        (["{file}", "--object", "contacts", "--map", "no sign"], "COLUMN="),
        (["missing.csv", "--object", "contacts"], "does not exist"),
        (["{file}", "--object", "contacts", "--date-format", "ymmd"], "ymmd"),
    ],
)
def test_wrong_usage_is_code_2(url: str, write, arguments: list[str], said: str) -> None:
    file = write("email", "ada@x.test")
    filled = [argument.format(file=file) for argument in arguments]
    result = command(url, "import", *filled, COLUMNS="200")
    assert result.returncode == 2
    assert said in result.stderr
    assert contacts(url) == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--object", "nonsense"], 'There is no object type "nonsense"'),
        (["--object", "contacts", "--map", "x=email"], 'there is no column "x"'),
        (["--object", "contacts", "--encoding", "klingon"], "klingon"),
        (["--object", "contacts", "--key", "firstname"], "firstname"),
    ],
)
def test_what_cannot_be_imported_is_told_and_nothing_is_in(
    url: str, write, arguments: list[str], said: str
) -> None:
    result = command(url, "import", write("email", "ada@x.test"), *arguments)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert contacts(url) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_import_goes_on_from_where_it_stood(url: str, write, number) -> None:
    total = 60_000
    file = write("email,firstname", *(f"p{n}@x.test,P{n}" for n in range(total)))
    with (
        psycopg.connect(url, autocommit=True) as look,
        running(url, "import", file, "--object", "contacts") as importing,
    ):

        def rows() -> int:
            row = look.execute("SELECT rows_read FROM imports").fetchone()
            return row[0] if row else 0

        eventually(rows)
        assert importing.stop(number) == 130
        assert "--resume 1" in importing.errors
        stood = rows()
        assert 0 < stood < total
    told = json.loads(done(url, "import", "--resume", "1", "--json"))
    assert (told["state"], told["rows"], told["created"]) == ("finished", total, total)
    assert len(contacts(url)) == total


def test_an_import_that_has_ended_is_shown_again(url: str, write) -> None:
    done(url, "import", write("email", "ada@x.test"), "--object", "contacts")
    told = json.loads(done(url, "import", "--resume", "1", "--json"))
    assert (told["state"], told["created"]) == ("finished", 1)
    missing = command(url, "import", "--resume", "2")
    assert (missing.returncode, missing.stderr) == (1, "There is no import with the id 2\n")
