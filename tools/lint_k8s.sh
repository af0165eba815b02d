#!/bin/sh
# Checkov on every overlay as it is rendered, and on the Dockerfile: tools/lint_k8s.sh CHECKOV. k8s/checkov.yaml has the exceptions.
set -eu
checkov=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for overlay in dev staging production; do
    kubectl kustomize "k8s/overlays/$overlay" >"$folder/$overlay.yaml"
done
cp Dockerfile "$folder"
"$checkov" --directory "$folder" --config-file k8s/checkov.yaml
