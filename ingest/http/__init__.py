"""HTTP: requests that are polite to servers and safe for us.

In: an address, with what is known of its server (models.host). Out: the body, or a FetchError with the reason.

In the order of the work: `source_keys` (keys of addresses, never shown), `public_address` (the public internet alone),
`politeness` (robots.txt, pauses, Retry-After, a daily budget), `fetch` (one conditional request, its redirects and
limits), `decompress` (bodies of bounded size).
"""
