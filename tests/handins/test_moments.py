"""When something was handed in: read where it can be read in one way, and nowhere else."""

from datetime import datetime

import pytest

from autograder.handins.moments import Unclear, read_moment
from autograder.handins.timestamps import UnreadableTimestamp, read_timestamp

NOON = datetime(2026, 1, 14, 12)
LATE = datetime(2026, 1, 14, 23, 59)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("2026-01-14 12:00:00.123456 UTC", NOON.replace(microsecond=123456)),  # nbgrader's own
        ("2026-01-14T12:00:00Z", NOON),
        ("2026-01-14T12:00:00.123456789+00:00", NOON.replace(microsecond=123456)),
        ("2026-01-14 14:00:00 +0200", NOON),
        ("2026-01-14T14:00:00+02:00", NOON),
        ("2026-01-14 14:00 UTC+2", NOON),
        ("2026-01-14 13:00:00 CET", NOON),
        ("2026-07-14 14:00:00 CEST", datetime(2026, 7, 14, 12)),
        ("2026-01-14 07:00 EST", NOON),
        ("2026-01-14 13:00 Europe/Berlin", NOON),
        ("2026-01-14 17:30:00+0530 IST", NOON),
        ("20260114T120000Z", NOON),
        ("202601141200", NOON),
        ("1768392000", NOON),
        ("1768392000000", NOON),
        ("1768392000.25", NOON.replace(microsecond=250_000)),
        ("2026/01/14 12:00", NOON),
        ("14.01.2026 23:59 Uhr", LATE),
        ("14/01/2026 23:59", LATE),
        ("01/14/2026 11:59 PM", LATE),
        ("Mon 05/01/2026 12:00", datetime(2026, 1, 5, 12)),  # the fifth of January was a Monday
        ("Wednesday, 14 January 2026, 11:59 PM", LATE),
        ("Wednesday, 14 January 2026, 11:59\u202fPM", LATE),
        ("January 14, 2026 at 11:59pm", LATE),
        ("14th January 2026 11:59 p.m.", LATE),
        ("14-Jan-2026 12:00", NOON),
        ("Wed Jan 14 23:59:00 2026", LATE),
        ("Wed Jan 14 13:00:00 CET 2026", NOON),
        ("Wed, 14 Jan 2026 13:00:00 +0100 (CET)", NOON),
        ("Wed Jan 14 2026 13:00:00 GMT+0100 (Central European Standard Time)", NOON),
        ("Mi, 14. Januar 2026, 23:59", LATE),
        ("mercredi 14 janvier 2026 à 23h59", LATE),
        ("14 de enero de 2026 a las 23:59", LATE),
        ("среда, 14 января 2026 г., 23:59", LATE),
        ("keskiviikko 14. tammikuuta 2026 klo 23.59", LATE),
        ("mar 3 mars 2026 12:00", datetime(2026, 3, 3, 12)),  # mardi, and not March
    ],
)
def test_a_moment_is_read(line, moment):
    assert read_moment(line) == moment


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("05/01/2026 12:00", "more than one date"),
        ("14 listopad 2026 12:00", "more than one date"),  # October in Zagreb, November in Warsaw
        ("2026-01-14 12:00 PST", "more than one time zone"),  # Los Angeles or Manila
        ("2026-07-14 12:00 CET", "more than one time zone"),  # in summer, or by summer's clock
        ("2026-10-25 02:30 Europe/Berlin", "more than one time zone"),  # that hour came twice
        ("Tue, 14 Jan 2026 12:00", "no such date"),  # it was a Wednesday
        ("2026-02-30 12:00", "no such date"),
        ("2026-01-14 12:00+01:00 EST", "no such date"),
        ("9999-12-31 23:59 -05:00", "no such date"),
        ("2026-01-14 25:00", "no such time"),
        ("2026-01-14 13:30 PM", "no such time"),
        ("2026-01-14", "no time of day"),
        ("mercredi 14 février 2026", "no time of day"),
        ("Jan 14 at 11:59pm", "no year"),
        ("14/01/26 12:00", "no year"),
        ("before 2026-01-14 12:00", "'before' is not understood"),
        ("now", "no time of day"),
    ],
)
def test_what_is_not_certain_is_not_read(line, why):
    with pytest.raises(Unclear, match=why):
        read_moment(line)


SAID = "2026-01-14 12:00:00 UTC"


@pytest.mark.parametrize(
    "content",
    [
        SAID.encode(),
        SAID.encode("utf-8-sig"),
        SAID.encode("utf-16"),
        SAID.encode("utf-16-be"),
        SAID.encode("utf-16-le"),
        SAID.encode("utf-32"),
        f'\r\n"{SAID}"\r\n'.encode(),
        f"\u200e{SAID}".encode(),
        f"Submitted:\n{SAID}\n{SAID}\n".encode(),
        "14 janvier 2026 à 12:00".encode("latin-1"),
    ],
)
def test_any_encoding_will_do(tmp_path, content):
    (tmp_path / "timestamp.txt").write_bytes(content)
    assert read_timestamp(tmp_path) == NOON


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"late", "no date"),
        (b"2026-01-14 12:00\n2026-01-15 12:00", "different times"),
        (b"x" * 5000, "too long"),
    ],
)
def test_what_cannot_be_read_says_what_to_write(tmp_path, content, why):
    (tmp_path / "timestamp.txt").write_bytes(content)
    with pytest.raises(UnreadableTimestamp, match=f"{why}.*write it as 2026-01-14 12:00:00 UTC"):
        read_timestamp(tmp_path)


def test_a_folder_without_one_has_no_time(tmp_path):
    assert read_timestamp(tmp_path) is None


def test_what_is_no_file_of_its_own_is_not_read(tmp_path):
    (tmp_path / "timestamp.txt").mkdir()
    with pytest.raises(UnreadableTimestamp, match="not a regular file"):
        read_timestamp(tmp_path)
    (tmp_path / "timestamp.txt").rmdir()
    (tmp_path / "timestamp.txt").symlink_to("/etc/hostname")
    with pytest.raises(UnreadableTimestamp, match="not a regular file"):
        read_timestamp(tmp_path)
