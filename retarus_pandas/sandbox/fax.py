"""Invented records of sent and received faxes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from retarus_pandas.sandbox.columns import Choice, Column, Missing, Number, Text
from retarus_pandas.sandbox.draw import Codes, Draw, Integers

__all__ = ["COUNTRIES", "fax_in", "fax_out", "numbers_of"]

# ISO-3 code: (share, country code, tariff zone)
COUNTRIES: dict[str, tuple[float, str, str]] = {
    "DEU": (78, "49", "National"),
    "AUT": (8, "43", "Europe 1"),
    "CHE": (5, "41", "Europe 1"),
    "FRA": (3, "33", "Europe 1"),
    "NLD": (2, "31", "Europe 1"),
    "ITA": (2, "39", "Europe 1"),
    "GBR": (1, "44", "Europe 1"),
    "USA": (1, "1", "World 1"),
}

# account: (share, billing code, billing text, reference)
_ACCOUNTS: dict[str, tuple[float, str | None, str | None, str | None]] = {
    "invoices": (34, "CC-4100", "Accounts receivable", "dunning"),
    "orders": (27, "CC-4711", "Order desk", None),
    "dispatch": (16, "Pos. 2 Fax", 'Dispatch, "Lager Süd"', "delivery note"),
    "service": (12, "", "", None),
    "hr": (4, "CC-2000", None, None),
    "legal": (3, "CC-2300", "Legal & compliance", "registered"),
    "noreply": (4, None, None, None),
}

# state: (share, code, reason, whether a call was connected)
_STATES: dict[str, tuple[float, str, str | None, bool]] = {
    "OK": (92.5, "0", None, True),
    "BUSY": (3.0, "17", "Number busy", False),
    "NOFAX": (1.6, "34", "No fax machine answered", True),
    "NOFAX_TO": (0.8, "36", "No fax tone in time", True),
    "NOFAX_DIS": (0.5, "35", "Disconnected before the fax tone", True),
    "RING_TO": (1.2, "18", "Nobody answered", False),
    "ERROR_SENDING": (0.4, "52", "Line lost while sending", True),
}
_FAILURE_SHARES = [share for share, *_ in list(_STATES.values())[1:]]


def numbers_of(draw: Draw, people: int) -> tuple[Callable[[str], Text], Choice, Codes]:
    """Phone numbers of people who are met again and again: a maker of columns, their countries and zones."""
    country = draw.codes([share for share, _, _ in COUNTRIES.values()], people)
    local = draw.integers(2_000_000, 90_000_000, people)
    who = (people * (draw.integers(0, 1_000_000) / 1_000_000) ** 2).astype(np.int64)
    dial = Choice(country[who], [prefix for _, prefix, _ in COUNTRIES.values()])
    serial = Number(local[who])
    return (lambda pattern: Text(pattern, dial, serial)), Choice(country[who], list(COUNTRIES)), country[who]


def fax_out(draw: Draw, key: Integers, customer_id: str, *, per_attempt: bool) -> dict[str, Column]:
    """Sent faxes: one record for each fax's last attempt, or for each attempt."""
    delivered = draw.chance(_STATES["OK"][0] / 100)
    tries = np.where(delivered, draw.skewed(1.12, 6), draw.skewed(3, 10))
    fax = np.repeat(np.arange(draw.size), tries)[: draw.size] if per_attempt else np.arange(draw.size)
    first = np.searchsorted(fax, fax)
    tries = tries[fax]
    attempt = np.arange(draw.size) - first + 1 if per_attempt else tries
    state = np.where(delivered[fax] & (attempt == tries), 0, 1 + draw.codes(_FAILURE_SHARES))
    states = list(_STATES.values())
    silent = ~np.array([connected for *_, connected in states])[state]
    job = draw.grouped(fax)
    pages = job.skewed(2.6, 48)
    sent = np.where(state == 0, pages, 0)
    duration = np.where(silent, 0, 5000 + 9000 * pages + 1000 * draw.integers(0, 9))
    ended = key - draw.integers(5, 900)
    connected = (ended - duration) // 1000 * 1000
    invited = np.where(silent, ended - 30_000, connected) - draw.integers(1500, 9000)
    waited = job.skewed(4000, 900_000)
    earlier = 0 if per_attempt else (tries - 1) * draw.integers(60_000, 240_000)
    submitted = key[first] - earlier - 60_000 - 9000 * pages - waited
    account = job.codes([share for share, *_ in _ACCOUNTS.values()])
    names = [f"{name}@example.com" for name in _ACCOUNTS]
    phone, country, zone = numbers_of(job, draw.size // 7 + 3)
    stamp, serial = Number(submitted // 1000), Number(fax * 7919 % (1 << 24))
    return {
        "faxId": Text("MN%08X%06X", stamp, serial),
        "jobId": Text("MF%08X%06X0000", stamp, serial),
        "accountId": Choice(account, names),
        "accountName": Choice(account, names),
        "accountServerId": Choice(account, [f"Mail2Fax_{32_983_219 + n:011d}" for n in range(len(names))]),
        "accountService": Choice(account, ["M2F", "M2F", "WS", "M2F", "M2F", "F4A", "WS"]),
        "attemptPages": Number(sent),
        "attemptSeqNo": Number(attempt),
        "baudRate": Missing(draw.choice({33600: 60, 14400: 25, 31200: 8, 9600: 7}), silent),
        "billedCountry": country,
        "callConnectedAt": draw.instant(connected, silent),
        "callDuration": Number(duration),
        "calledCountry": country,
        "calledCsId": Missing(phone("+%s%d"), silent | draw.chance(0.05), ""),
        "calledNumber": phone("+%s%d"),
        "calledZone": Choice(zone, [name for *_, name in COUNTRIES.values()]),
        "callEndedAt": draw.instant(ended),
        "callingTsId": Choice(account, [f"+4989552800{n:02d}" for n in range(len(names))]),
        "callInviteAt": draw.instant(invited),
        "docPages": Number(pages),
        "faxCustomerRef": Missing(job.code(8), job.chance(0.6)),
        "jobArchivePurgeAt": job.instant((key[first] // 86_400_000 + 30) * 86_400_000, job.chance(0.7)),
        "jobBillingCode": Choice(account, [code for _, code, *_ in _ACCOUNTS.values()]),
        "jobBillingInfo": Choice(account, [info for *_, info, _ in _ACCOUNTS.values()]),
        "jobCustomerId": draw.always(customer_id),
        "jobCustomerRef": Choice(account, [reference for *_, reference in _ACCOUNTS.values()]),
        "jobCustomerResolution": job.choice({"LOW": 30, "HIGH": 70}),
        "jobCustomerStartFaxAt": job.instant(submitted // 60_000 * 60_000, job.chance(0.92)),
        "jobCustomerTags": job.choice({None: 70, "": 10, "invoice": 12, "invoice,reminder": 5, "export": 3}),
        "jobExpress": job.flag(0.08),
        "jobPersonalized": job.flag(0.2),
        "jobSubmissionDc": job.choice({"DE1": 55, "DE2": 45}),
        "jobSubmittedAt": draw.instant(submitted),
        "keyTimestamp": draw.instant(key),
        "lastAttemptEndedAt": draw.instant(ended),
        "lastAttemptSeqNo": Number(tries),
        "maxPageTransmitted": Number(sent),
        "processingFinalAt": draw.instant(key, np.asarray(attempt < tries)),
        "statusCode": Choice(state, [code for _, code, *_ in states]),
        "statusName": Choice(state, list(_STATES)),
        "statusReason": Choice(state, [reason for *_, reason, _ in states]),
        "sumCallDurations": Number(duration + (attempt - 1) * 4000),
        "sumPagesTransmitted": Number(sent),
        "timeToFirstDial": Number(waited),
        "virtualPagesBilled": Number(sent),
    }


def fax_in(draw: Draw, key: Integers, customer_id: str) -> dict[str, Column]:
    """Received faxes."""
    pages = draw.skewed(2.2, 40)
    lost = draw.chance(0.015)
    confirmed = np.where(lost, pages - 1, pages)
    started = key - 12_000 - 8000 * pages - draw.integers(0, 5000)
    inbox = draw.codes([40, 35, 20, 5])
    people = ["orders@example.com", "claims@example.com", "office@example.com;archive@example.com", ""]
    phone, _, _ = numbers_of(draw, draw.size // 9 + 3)
    return {
        "faxId": Text("MI%08X%06X", Number(started // 1000), Number(draw.integers(0, 1 << 24))),
        "accountingService": draw.always("F2Mail"),
        "allPages": Number(pages),
        "archivePurgeAt": draw.instant((key // 86_400_000 + 30) * 86_400_000, draw.chance(0.15)),
        "archivingStatus": draw.choice({"SUCCEEDED": 85, "NONE": 13, "FAILED": 2}),
        "baudRate": draw.choice({9600: 20, 14400: 50, 33600: 30}),
        "billingCode": Choice(inbox, ["CC-4711", "Pos. 2 Fax", "", None]),
        "callConnectedAt": draw.instant(started // 1000 * 1000 + 3000, draw.chance(0.4)),
        "calledCountry": draw.always("DEU"),
        "calledCsId": Choice(inbox, [f"+49402360600{n}" for n in range(4)]),
        "calledNumber": Choice(inbox, [f"0049/40/23606-00{n}" for n in range(4)]),
        "calledNumberDisplay": Choice(inbox, [f"+49402360600{n}" for n in range(4)]),
        "callingNumber": Missing(phone("+%s%d"), draw.chance(0.04), ""),
        "callingTsId": Missing(phone("%s %d"), draw.chance(0.2), ""),
        "callStartedAt": draw.instant(started),
        "confirmedPages": Number(confirmed),
        "customerId": draw.always(customer_id),
        "deliveryRecipients": Choice(inbox, people),
        "deliverySender": draw.always("fax@example.com"),
        "deliverySenderUser": draw.always(f"{customer_id}_fax"),
        "discardedPages": Number(pages - confirmed),
        "docMimeType": draw.choice({"image/tiff": 70, "application/pdf": 30}),
        "documentDeliveryStatus": Choice(lost.astype(np.int16), ["SUCCEEDED", "FAILED"]),
        "faxFileSize": Number(pages * 31_000 + draw.integers(0, 9000)),
        "faxTransmitStatus": Choice(lost.astype(np.int16), ["OK", "PARTIAL"]),
        "keyTimestamp": draw.instant(key),
        "recipientsCount": Choice(inbox, [1, 1, 2, 0]),
        "resolution": draw.choice({"FINE": 65, "STANDARD": 35}),
        "secondaryDeliveryRecipients": draw.choice({None: 90, "backup@example.com": 10}),
        "virtualPagesBilled": Number(confirmed),
    }
