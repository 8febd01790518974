"""Relinking: what changes in stored mentions and counts when names change.

In: a changed gazetteer, new names among the candidates, operators' decisions. Out: entities, mentions and counts in
line with the names.

In the order of the work: `gazetteer_changes` (the files' definitions into the store), `discovery` (candidates become
provisional entities), `relink` (some stories again), `recount` (all articles again).
"""
