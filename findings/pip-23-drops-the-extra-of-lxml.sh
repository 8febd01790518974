#!/usr/bin/env bash
# trafilatura 2.3.1 (which reads the main text of web pages) can't be imported after an install by pip 23.0.1, the pip of
# Debian 12, although pip ends without an error.
#
# Expected: an extra has one name however it is spelled (PEP 685), so that justext's requirement lxml[html_clean] brings
#   lxml-html-clean, which `import trafilatura` needs since lxml has moved that module out.
# Seen: lxml's metadata calls the extra html-clean. pip 23.0.1 compares extras letter by letter, warns that lxml does not
#   provide html_clean, and installs the rest. The import raises ImportError. pip 24.0 installs all that is needed.
# Who is hurt: whoever installs a program that reads pages with the pip of their system; it fails only when run.
#
# Exits 0 while this is so, 1 when it has changed, 2 when the packages can't be had.
set -uo pipefail
TRAFILATURA=2.3.1 JUSTEXT=3.0.2 LXML=6.1.3
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

# install PIP: a fresh environment with that pip, and trafilatura installed by it
install() {
    python3 -m venv "$room/$1" || exit 2
    "$room/$1/bin/python" -m pip install --quiet "pip==$1" 2>/dev/null || exit 2
    "$room/$1/bin/python" -m pip install --quiet "trafilatura==$TRAFILATURA" "justext==$JUSTEXT" "lxml==$LXML" \
        2>"$room/$1.err" || { cat "$room/$1.err"; exit 2; }
    echo "pip $1: $(grep -c 'does not provide the extra' "$room/$1.err") warning(s) of a missing extra"
    "$room/$1/bin/python" -c "import trafilatura" 2>"$room/$1.import"
    local status=$?
    echo "  import trafilatura: $([ "$status" = 0 ] && echo works || tail -n 1 "$room/$1.import" | cut -c1-100)"
    return "$status"
}

python3 --version
echo "trafilatura $TRAFILATURA, justext $JUSTEXT, lxml $LXML"
install 23.0.1; old=$?
install 24.0; new=$?
if [ "$old" -ne 0 ] && grep -q "html.clean" "$room/23.0.1.import" && [ "$new" -eq 0 ]; then
    echo "As described."
else
    echo "Changed: look again."
    exit 1
fi
