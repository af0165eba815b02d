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
# What the images of services hold (tools/image_root.sh), and what packs our code for it.
service() {
    name=$1
    shift
    compile "$@" --constraint requirements/serving.txt --output-file "requirements/services/$name.txt"
}
mkdir -p requirements/services
for name in image metadata fusion; do service "$name" --extra "$name" --extra registry; done
for name in gateway edge; do service "$name" --extra "$name"; done
echo "setuptools>=77" | "$bin/uv" pip compile - --quiet --python-version 3.11 --generate-hashes --no-annotate \
    --constraint requirements/serving.txt --custom-compile-command "make lock" --output-file requirements/services/build.txt
echo "checkov==3.3.30" | "$bin/uv" pip compile - --quiet --python-version 3.11 --generate-hashes --no-annotate \
    --custom-compile-command "make lock" --output-file requirements/checkov.txt
