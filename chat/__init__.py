"""The messages that handlers and platforms exchange: an adapter sends a Request in and renders the Reply it gets out.

Knows no platform, no store and no clock.

Reading order: request.py (what comes in), reply.py (what goes out), errors.py (errors a person can fix),
plain.py (a reply as text), page.py (a reply too large for one message).
"""
