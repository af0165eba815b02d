#!/bin/sh
# Resolves the locked requirements again: tools/lock.sh BIN, where BIN holds pip.
# torch and what only it needs stay out of the training lock: which build fits depends on the machine. So does what ultralytics
# asks for besides: opencv-python would overwrite opencv-python-headless, and the client of its makers' platform is never used.
set -eu
bin=$1
"$bin/pip" install --quiet uv==0.13.9
compile() {
    "$bin/uv" pip compile pyproject.toml --quiet --python-version 3.11 --generate-hashes --no-emit-package telltale \
        --no-annotate --custom-compile-command "make lock" "$@"
}
compile --extra serving --output-file requirements/serving.txt
compile --extra dev --constraint requirements/serving.txt --output-file requirements/dev.txt
for package in torch opencv-python ultralytics-platform ultralytics-thop; do
    echo "$package ; sys_platform == 'never'"
done > requirements/.left-out
compile --extra train --constraint requirements/dev.txt --override requirements/.left-out --output-file requirements/train.txt
rm requirements/.left-out
