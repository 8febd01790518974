"""Tables of facts into the store: the public ones that the industry uses, one file each, and an operator's own."""
