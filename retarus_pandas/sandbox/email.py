"""Invented records of transactional e-mail: deliveries, and events whose fields are the sandbox's own idea."""

from __future__ import annotations

import numpy as np

from retarus_pandas.sandbox.columns import Choice, Column, Made, Missing, Number, Text
from retarus_pandas.sandbox.draw import Draw, Integers

__all__ = ["email_events", "email_out"]

# (share, status, sub-status, details, SMTP reply)
_STATES: list[tuple[float, str, str, str, str | None]] = [
    (95.0, "OK", "DELIVERED", "OK", "250"),
    (2.0, "ERROR", "BOUNCED", "HARD_BOUNCE", "550"),
    (1.0, "ERROR", "BOUNCED", "SOFT_BOUNCE", "452"),
    (0.8, "ERROR", "DROPPED", "SUPPRESSED", None),
    (0.7, "ERROR", "DROPPED", "PREVIOUSLY_BOUNCED", None),
    (0.5, "ERROR", "DROPPED", "INVALID_ADDRESS", "501"),
]
_DOMAINS = ["example.com", "example.org", "example.net", "mail.example.de", "post.example.at"]
_SENDERS = ["orders@shop.example.com", "invoice@shop.example.com", "noreply@id.example.com", "info@example.com"]


def email_out(draw: Draw, key: Integers, customer_id: str, *, by_usage: bool) -> dict[str, Column]:
    """Deliveries; ``key`` is the creation of the metadata, or with ``by_usage`` of the message."""
    delay = draw.integers(800, 15_000)
    created, used = (key + delay, key) if by_usage else (key, key - delay)
    state = draw.codes([share for share, *_ in _STATES])
    sender = draw.codes([45, 25, 25, 5])
    domain = draw.codes([40, 25, 20, 10, 5])
    center = draw.codes([60, 40])
    centers = ["fraix1", "mucix1"]
    job = draw.uuid()
    return {
        "metaId": draw.uuid(),
        "metaVersion": draw.always(1),
        "metaCreationTime": draw.instant(created),
        "customerId": draw.always(customer_id),
        "metaEntryInterface": draw.choice({"smtp": 70, "rest": 30}),
        "metaProcessingDomain": draw.always("de"),
        "metaDataCenter": Choice(center, centers),
        "metaEnvironment": Choice(center, [f"de.{name}.transactional-email" for name in centers]),
        "jobId": job,
        "costCenter": Choice(sender, ["CC-5100", "CC-4100", None, None]),
        "userId": draw.always(f"{customer_id}_Retarus"),
        "campaign": draw.choice({None: 75, "autumn": 15, "welcome": 10}),
        "usageId": Text("%s#%08d#1", job, Number(draw.skewed(1.3, 20) - 1)),
        "usageType": draw.always("mail"),
        "usageCreationTime": draw.instant(used),
        "usageMsgFrom": Choice(sender, _SENDERS),
        "usageMsgFromDomain": Choice(sender, [address.partition("@")[2] for address in _SENDERS]),
        "usageMsgTo": Text("%s@%s", Made(str.lower, draw.code(7)), Choice(domain, _DOMAINS)),
        "usageMsgToDomain": Choice(domain, _DOMAINS),
        "usageMsgSize": Number(5800 + draw.skewed(42_000, 20_000_000)),
        "usageSizeUnit": draw.always("bytes"),
        "usageStatus": Choice(state, [status for _, status, *_ in _STATES]),
        "usageSubStatus": Choice(state, [status for _, _, status, *_ in _STATES]),
        "usageStatusDetails": Choice(state, [details for *_, details, _ in _STATES]),
        "usageStatusCode": Choice(state, [code for *_, code in _STATES]),
        "usageReference": Missing(Text("order %d", Number(draw.integers(100_000, 999_999))), draw.chance(0.5), ""),
        "usageCorrelationId": Missing(draw.uuid(), draw.chance(0.8)),
    }


def email_events(draw: Draw, key: Integers, customer_id: str) -> dict[str, Column]:
    """Opens, clicks and what else happened to messages."""
    kind = draw.codes([62, 24, 8, 4, 2])
    domain = draw.codes([40, 25, 20, 10, 5])
    clicked = kind == 1
    return {
        "eventId": draw.uuid(),
        "eventTs": draw.instant(key),
        "eventType": Choice(kind, ["OPEN", "CLICK", "BOUNCE", "DROPPED", "COMPLAINT"]),
        "customerId": draw.always(customer_id),
        "jobId": draw.uuid(),
        "usageId": Text("%s#%08d#1", draw.uuid(), Number(np.zeros(draw.size, np.int64))),
        "messageSentTs": draw.instant(key - draw.skewed(7_200_000, 864_000_000)),
        "recipient": Text("%s@%s", Made(str.lower, draw.code(7)), Choice(domain, _DOMAINS)),
        "recipientDomain": Choice(domain, _DOMAINS),
        "linkUrl": Missing(Text("https://shop.example.com/?c=%s&x=1", draw.code(6)), ~clicked),
        "userAgent": draw.choice({"Mozilla/5.0 (Windows NT 10.0; Win64; x64)": 55, "Mozilla/5.0 (iPhone)": 35, "": 10}),
        "repeated": draw.flag(0.3),
    }
