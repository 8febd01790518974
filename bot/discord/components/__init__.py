"""Rendering for Discord: a reply comes in, a message of components within Discord's limits goes out.

Reading order: `render` (reply -> pages of components), `markdown` (outside text made safe), `button` and `form` (what
people use), `payload` (sending, with plainer fallbacks).
"""
