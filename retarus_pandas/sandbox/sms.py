"""Invented records of sent and received SMS."""

from __future__ import annotations

import numpy as np

from retarus_pandas.sandbox.columns import Choice, Column, Made, Missing, Number, Text
from retarus_pandas.sandbox.draw import Draw, Integers
from retarus_pandas.sandbox.fax import numbers_of

__all__ = ["sms_in", "sms_out"]

# (share, process status, status code, status); the status of a sent one depends on the notification asked for
_STATES: list[tuple[float, str | None, str | None, str | None]] = [
    (94.0, "DONE", "200", "SUC_ACC"),
    (2.0, "DONE", "560", "INVALID_DST"),
    (1.2, "DONE", "441", "FAILED_FIN"),
    (0.8, "DONE", "440", "TIMEOUT"),
    (0.6, "DONE", "500", "BLOCKED"),
    (0.7, "RUNNING", "100", ""),
    (0.4, "CANCELED", "300", ""),
    (0.3, None, None, None),
]

# billing code: (share, sender, customer's reference, express)
_USES: dict[str, tuple[float, str, str, bool]] = {
    "PASSCODE": (58, "ACME", "", True),
    "ALERT": (17, "ACME-OPS", "monitoring", True),
    "MARKETING": (20, "ACMEshop", "newsletter, spring", False),
    "": (5, "+491771781000", "", False),
}


def sms_out(draw: Draw, key: Integers, customer_id: str) -> dict[str, Column]:
    """Sent SMS."""
    use = draw.codes([share for share, *_ in _USES.values()])
    state = draw.codes([share for share, *_ in _STATES])
    notified = draw.chance(0.45)
    finished = (state == 0) & notified
    shown = np.where(finished, len(_STATES), state)
    waiting = np.asarray(state > 4)
    scheduled = key - draw.integers(300, 4000)
    phone, country, _ = numbers_of(draw, draw.size // 5 + 3)
    stamp = draw.german(scheduled)
    return {
        "smsId": _sms_id(draw, "S", stamp),
        "requestId": _sms_id(draw, "R", stamp),
        "jobId": _sms_id(draw, "J", stamp),
        "trackingId": _tracking_id(draw, "usmss"),
        "reference": Choice(use, [reference for _, _, reference, _ in _USES.values()]),
        "recipientReference": phone("00%s%d"),
        "dataCenter": draw.choice({"DE1": 50, "DE2": 50}),
        "customerId": draw.always(customer_id),
        "service": draw.choice({"XML2SMS": 60, "REST": 35, "M2S": 5}),
        "serviceAccount": draw.always(""),
        "serviceVersion": draw.always(""),
        "billingCode": Choice(use, list(_USES)),
        "statusRequests": Choice(notified.astype(np.int16), [False, True]),
        "flash": draw.flag(0.01),
        "encoding": draw.choice({"GSM-7": 88, "UCS-2": 12}),
        "express": Choice(use, [express for *_, express in _USES.values()]),
        "personalized": draw.flag(0.3),
        "src": Choice(use, [sender for _, sender, *_ in _USES.values()]),
        "recipient": phone("+%s%d"),
        "recipientCountryCode": country,
        "recipientType": draw.choice({"MOBILE": 97, "FIXED": 3}),
        "numberOfParts": Number(draw.skewed(1.3, 6)),
        "processStatus": Choice(state, [process for _, process, *_ in _STATES]),
        "statusCode": Choice(state, [code for *_, code, _ in _STATES]),
        "status": Choice(shown, [*(status for *_, status in _STATES), "SUC_FIN"]),
        "numberScheduleTs": draw.instant(scheduled),
        "numberDeliveryTs": draw.instant(key + 2500, ~finished),
        "numberStatusTs": draw.instant(key + 2600, ~finished),
        "numberFinalTs": draw.instant(key + draw.integers(2700, 9000), waiting),
        "deliveryProcessedTs": draw.instant(key),
        "jobFinalTs": draw.instant(key + draw.integers(9000, 60_000), waiting),
    }


def sms_in(draw: Draw, key: Integers, customer_id: str) -> dict[str, Column]:
    """Received SMS: some answer a sent one, most do not."""
    unrelated = draw.chance(0.7)
    word = draw.codes([50, 20, 15, 10, 5])
    phone, country, _ = numbers_of(draw, draw.size // 3 + 3)
    stamp = draw.german(key)
    earlier = draw.german(key - draw.integers(60_000, 7_200_000))
    texts = [None, "STOP", "INFO", "Bitte um Rückruf, danke", 'yes - "as agreed" 👍']
    return {
        "smsId": _sms_id(draw, "I", stamp),
        "correlatedJobId": Missing(_sms_id(draw, "J", earlier), unrelated),
        "correlatedTrackingId": Missing(_tracking_id(draw, "usmss"), unrelated),
        "trackingId": Text("%-40s", _tracking_id(draw, "smpp")),
        "correlatedSmsId": Missing(_sms_id(draw, "S", earlier), unrelated),
        "dataCenter": draw.choice({"DE1": 50, "DE2": 50}),
        "customerId": draw.always(customer_id),
        "correlatedService": Choice(unrelated.astype(np.int16), ["XML2SMS", None]),
        "correlatedServiceAccount": Choice(unrelated.astype(np.int16), ["", None]),
        "billingCode": draw.choice({"": 80, "PASSCODE": 12, "MARKETING": 8}),
        "encoding": Choice(word, ["GSM-7", "GSM-7", "GSM-7", "GSM-7", "UCS-2"]),
        "sender": phone("+%s%d"),
        "recipient": draw.choice({"+491771781000": 70, "82300": 30}),
        "senderCountryCodeIso3": country,
        "recipientCountryCodeIso3": draw.always("DEU"),
        "keyword": Choice(word, ["*", "STOP", "INFO", "*", "*"]),
        "numberOfParts": Number(draw.skewed(1.1, 3)),
        "plaintextActions": draw.choice({None: 80, "FORWARD_EMAIL": 15, "FORWARD_EMAIL,AUTO_REPLY": 5}),
        "messageContent": Choice(word, texts),
        "receivedTs": draw.instant(key),
    }


def _sms_id(draw: Draw, letter: str, stamp: Column) -> Column:
    return Text(f"{letter}.%s-0%s%s", stamp, Made(str.lower, draw.code(7)), draw.code(10))


def _tracking_id(draw: Draw, part: str) -> Column:
    return Made(str.lower, Text(f"%s-de2-{part}-%s%s", draw.code(8), draw.code(6), draw.code(7)))
