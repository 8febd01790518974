"""Facts from texts, by rules: no model, no network, the same answer every time.

    text -> sentences -> names and numbers in each -> a masked sentence -> rules -> statements, each with its sentence

A masked sentence has a short mark for each name, licence and number ("<o0> released <m1>, a <k2> model under
<l3>"), so that a rule is one pattern over the kinds of things and not over their spellings.
"""
