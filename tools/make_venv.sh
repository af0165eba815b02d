#!/bin/sh
# Makes a virtual environment: tools/make_venv.sh PYTHON FOLDER
# Debian's python3 comes without the venv module; it is installed where that is allowed, and asked for where it is not.
set -eu
python=$1
folder=$2
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case "$version" in
    3.11 | 3.12 | 3.13) ;;
    *) echo "Telltale needs Python 3.11 to 3.13; $python is $version. Try: make PYTHON=python3.11 ..." >&2; exit 1 ;;
esac
rm -rf "$folder"
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv
    else
        echo "Python's venv module is missing. On Debian: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
"$python" -m venv "$folder"
