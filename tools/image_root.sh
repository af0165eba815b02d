#!/bin/sh
# Makes what the image of a service holds: tools/image_root.sh PYTHON SERVICE FOLDER
# FOLDER/venv has the locked packages of its extras and our packages that it needs, FOLDER/models its models, and nothing else is
# there. The Dockerfile runs this, and so do the tests of images, without Docker.
set -eu
python=$1
service=$2
folder=$3
base="kit telltale third_party/python/buf"
serving="$base third_party/python/inference"
case "$service" in
    image_svc) lock=image packages="$serving" models="face_finder face_spatial frequency noise_residual whole_picture" ;;
    temporal_svc) lock=image packages="$serving" models="face_finder face_motion flow_consistency face_drift blending_flicker" ;;
    av_sync_svc) lock=image packages="$serving" models="face_finder voice_activity face_landmarks voice_spoof lip_sync av_coherence" ;;
    metadata_svc) lock=metadata packages="$serving" models="metadata_rules container_rules exif_anomaly jpeg_history region_consistency" ;;
    fusion_svc) lock=fusion packages="$serving" models=fusion ;;
    drift_monitor) lock=fusion packages="$base" models="" ;;
    gateway) lock=gateway packages="$base" models="" ;;
    envoy) lock=edge packages="$base" models="" ;;
    *) echo "no service $service; known: image_svc temporal_svc av_sync_svc metadata_svc fusion_svc drift_monitor gateway envoy" >&2; exit 1 ;;
esac
case "$service" in
    envoy) own=gateway ;; # started by a part of the gateway, which fills in its template
    drift_monitor) own=monitoring ;;
    *) own=$service ;;
esac

mkdir -p "$folder/source" "$folder/models" "$folder/build"
cp pyproject.toml README.md LICENSE "$folder/source"
for package in $packages $own; do
    mkdir -p "$folder/source/$(dirname "$package")"
    cp -r "$package" "$folder/source/$package"
done
for model in $models; do cp -r "models/$model" "$folder/models"; done

# What packs our code stays outside, and so does pip: an image has nothing to install with.
install="-m pip --quiet --disable-pip-version-check --python $folder/venv/bin/python install --no-deps"
"$python" -m venv --without-pip "$folder/venv"
# shellcheck disable=SC2086 - a list of words
"$python" $install --require-hashes -r "requirements/services/$lock.txt"
# shellcheck disable=SC2086
"$python" $install --require-hashes -r requirements/services/build.txt --target "$folder/build"
# shellcheck disable=SC2086
PYTHONPATH="$folder/build" "$python" $install --no-build-isolation "$folder/source"
rm -r "$folder/source" "$folder/build"
