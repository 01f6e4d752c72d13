"""Whether the pages that mails lead to can be relied on."""

from __future__ import annotations

import httpx

_PATIENCE_SECONDS = 20


async def site_trouble(site_url: str) -> str:
    """Return why the leave page under ``site_url`` cannot be relied on, or an empty string."""
    page = f"{site_url}/leave"
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS, trust_env=False) as client:
            response = await client.get(page)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{page} does not answer ({error or type(error).__name__}), so readers could not leave"
    if not response.is_success:  # a redirect too: the one-click POST would be lost on it (RFC 8058, 3.1)
        return f"{page} answers {response.status_code}, so readers could not leave"
    return ""
