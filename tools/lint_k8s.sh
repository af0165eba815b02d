#!/bin/sh
# Checkov on every overlay as it is rendered, on production with every component, and on the Dockerfile: tools/lint_k8s.sh CHECKOV.
# k8s/checkov.yaml has the exceptions.
set -eu
checkov=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/checked" "$folder/whole"
for overlay in dev staging production; do
    kubectl kustomize "k8s/overlays/$overlay" >"$folder/checked/$overlay.yaml"
done
k8s=$(realpath --relative-to="$folder/whole" k8s)
cat >"$folder/whole/kustomization.yaml" <<END
namespace: telltale
resources: [$k8s/overlays/production]
components: [$k8s/components/autoscaling, $k8s/components/gpu, $k8s/components/canary, $k8s/components/canary-mtls]
END
kubectl kustomize "$folder/whole" >"$folder/checked/whole.yaml"
cp Dockerfile "$folder/checked"
"$checkov" --directory "$folder/checked" --config-file k8s/checkov.yaml
