"""Stems that mean the same in a question: what is asked with one may be stated with another.

Each row: stems that match each other. A stem in several rows has those of the last.
"""

SYNONYMS = {
    word: group
    for group in (
        ("program", "programm", "project", "initi"),
        ("licenc", "licens"),
        ("buy", "bought", "acquir", "acquisit", "purchas"),
        ("additional", "extra", "addit", "more", "further"),
        ("pause", "halt", "suspend"),
        ("big", "larg"),
        ("chip", "asic", "processor", "silicon"),
        ("recapitalis", "recapit", "restructur", "reorgan"),
        ("built", "build", "develop", "made"),
        ("ceo", "chief"),
        ("execut", "ceo", "cto", "cfo", "coo", "chief", "presid", "vp"),
        ("rate", "er", "wer"),
        ("error", "wer"),
        ("word", "wer"),
        ("employe", "staff", "workforc", "headcount"),
        ("size", "larg", "paramet"),
        ("exist", "previous", "earlier", "origin"),
        ("launch", "releas", "announc", "introduc", "unveil", "debut", "ship", "avail"),
        ("gain", "allow", "enabl", "get"),
        ("loosen", "end", "lose", "eas"),
        ("variant", "version", "model"),
        ("sue", "lawsuit", "su", "legal"),
        ("hire", "join", "recruit"),
        ("cost", "price", "pric"),
        ("recapitalis", "recapit", "recapitaliz", "restructur"),
        ("creat", "author", "develop"),
        ("partner", "partnership", "collabor", "team"),
        ("invest", "investor", "investment", "back"),
        ("compani", "startup", "firm"),
        ("sell", "sold", "sale"),
        ("win", "won", "award"),
        ("ban", "block", "prohibit", "restrict"),
        ("leak", "leakag", "expos"),
        ("month", "mau"),
        ("week", "wau"),
        ("daili", "dau"),
    )
    for word in group
}
