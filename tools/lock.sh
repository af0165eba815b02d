#!/bin/sh
# Resolves the locked requirements again: tools/lock.sh BIN, where BIN holds pip.
# torch and what only it needs stay out of the training lock: which build fits depends on the machine.
set -eu
bin=$1
"$bin/pip" install --quiet uv==0.13.9
compile() {
    "$bin/uv" pip compile pyproject.toml --quiet --python-version 3.11 --generate-hashes --no-emit-package telltale \
        --no-annotate --custom-compile-command "make lock" "$@"
}
compile --extra serving --output-file requirements/serving.txt
compile --extra dev --constraint requirements/serving.txt --output-file requirements/dev.txt
echo "torch ; sys_platform == 'never'" > requirements/.no-torch
compile --extra train --constraint requirements/dev.txt --override requirements/.no-torch --output-file requirements/train.txt
rm requirements/.no-torch
