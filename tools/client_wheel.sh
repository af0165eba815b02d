#!/bin/sh
# Packs the client with the contracts that it needs: tools/client_wheel.sh PYTHON FOLDER
set -eu
"$1" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$2" ./client
rm -rf build/client client/*.egg-info
