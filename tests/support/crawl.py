"""A crawl of the service written by hand with plain `requests`: the oracle for the reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

# Reports and a selection each that tells any two of their records apart.
FIELDS = {
    "faxInUdrReport": "faxId keyTimestamp allPages billingCode callConnectedAt",
    "faxOutUdrReport": "faxId attemptSeqNo keyTimestamp statusName jobExpress callDuration jobBillingCode",
    "smsInUdrReport": "smsId receivedTs trackingId numberOfParts billingCode",
    "smsOutUdrReport": "smsId deliveryProcessedTs flash statusCode recipient reference",
    "transactionalEmailUdrReport": "metaId usageId metaCreationTime usageMsgSize usageStatus costCenter",
}


def wire(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def crawl(box: Any, report: str, start: datetime, end: datetime, *, size: int = 10_000) -> list[dict[str, Any]]:
    """All records of the period, window by window and page by page, one request after another."""
    answer = requests.post(
        box.token_url,
        data={
            "grant_type": "client_credentials",
            "client_id": box.client_id,
            "client_secret": box.client_secret,
            "scope": "openid",
        },
        timeout=30,
    )
    token = answer.json()["access_token"]
    text = (
        "query Q($c: String!, $d: DatePeriod!, $p: Int, $s: Int) "
        f"{{ {report}(customerId: $c, datePeriod: $d, page: $p, size: $s, sort: ASC) "
        f"{{ content {{ {FIELDS[report]} }} hasMoreElements }} }}"
    )
    rows: list[dict[str, Any]] = []
    while start < end:
        until = min(end, start + timedelta(days=40))
        page, more = 0, True
        while more:
            variables = {
                "c": box.customer_id,
                "d": {"fromIncluded": wire(start), "toExcluded": wire(until)},
                "p": page,
                "s": size,
            }
            reply = requests.post(
                box.api_url,
                json={"query": text, "variables": variables},
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
            ).json()
            result = reply["data"][report]
            rows += result["content"]
            more = result["hasMoreElements"]
            page += 1
        start = until
    return rows
