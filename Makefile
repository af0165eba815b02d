# One word per step; each runs on a laptop and in CI alike. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
TRAIN := .venv-train/bin
DATA ?= ../shared/data
TESTS ?= tests
SEED ?= 1
ANALYSES ?= 200
STORE ?= sqlite
# Unzipped, never installed: it wants an older protobuf.
MESH := mediapipe==0.10.21
# Files of tests side by side; a file stays together, and with it what its tests share. Those with servers mostly wait.
SPREAD := --numprocesses auto --maxprocesses 4 --dist loadfile
SPREAD_SERVERS := --numprocesses 3 --dist loadfile
# Servers that ours is measured against. Triton's stub brings a CPython of its own that runs the library of 3.11 only up to 3.11.5.
PEERS := litserve mlserver ray bentoml triton
TRITON_PYTHON ?= /usr/bin/python3
FIRST_FACES := .telltale/colab_training/face_finder_first/run/weights/last.pt

# Networks ask for the same large blocks again and again. Given back to the system each time, as glibc would, they cost training a
# third of its time.
train train-smoke test-train: export MALLOC_MMAP_MAX_ = 0
train train-smoke test-train: export MALLOC_TRIM_THRESHOLD_ = 17179869184

.DEFAULT_GOAL := help
.PHONY: help setup run test chaos test-quick test-e2e test-k8s test-images test-browser test-stack test-train test-training test-deps gen lint type check lock client vendor samples pictures bench-serving bench-inference bench-audit bench-batching bench-evidence bench-load bench-scaling bench-mtls canary-demo bench-telemetry bench-swap bench-recall bench-drift drift-reference fuzz-rest fuzz-grpc fuzz-media bench-stills bench-video bench-sound bench-clips bench-metadata bench-faces bench-accuracy bench-verdict bench-verdict-photos bench-protection train train-smoke variants notebooks prepare-data clean

help: ## list the verbs
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 20

setup: .venv/.ready ## build .venv with all services and the command `telltale` (no torch)

run: setup ## set up, then start everything and print the address and the token
	$(BIN)/telltale up

test: check test-quick ## everything; installs what the tests need
	@# With a stack much is waited for; training takes what that leaves of the cores. Lines of both mix, so that who hangs is seen.
	$(MAKE) --jobs 2 test-stack test-training

test-stack:
	$(MAKE) test-k8s
	$(MAKE) test-e2e
	$(MAKE) test-browser

test-training:
	nice -n 19 $(MAKE) test-train
	nice -n 19 $(MAKE) train-smoke

check: .venv/.ready-dev lint type ## formatting, lint rules, types

test-quick: .venv/.ready-dev test-deps ## unit, rpc, server and contract tests
	$(BIN)/python -m pytest $(SPREAD_SERVERS) $(TESTS)/unit $(TESTS)/rpc $(TESTS)/server $(TESTS)/contract $(TESTS)/fuzz

test-k8s: .venv/.ready-dev .venv-checkov/.ready ## manifests against the code, schemas and checkov; one image of those of test-images
	$(BIN)/python -m pytest $(SPREAD) $(TESTS)/k8s
	$(BIN)/python -m pytest $(TESTS)/images -k fusion_svc
	PATH="$(CURDIR)/$(BIN):$$PATH" tools/lint_k8s.sh .venv-checkov/bin/checkov

test-images: .venv/.ready-dev ## start each service from what its image would hold, without Docker
	$(BIN)/python -m pytest $(TESTS)/images

# Two verbs: the browser's driver keeps an event loop in its thread, where the other tests want to run theirs.
test-e2e: .venv/.ready-dev test-deps ## the whole stack, end to end
	$(BIN)/python -m pytest $(TESTS)/e2e

test-browser: .venv/.ready-dev test-deps ## the page in a browser
	$(BIN)/python -m pytest $(SPREAD_SERVERS) $(TESTS)/browser

test-train: .venv-train/.ready ## training code and the parity of torch and ONNX
	$(TRAIN)/python -m pytest $(SPREAD) $(TESTS)/training $(TESTS)/parity

test-deps: ## install what the tests drive: a browser, curl, PostgreSQL, Redis, ClamAV
	tools/install_test_deps.sh

gen: .venv/.ready-dev ## regenerate the code made from protos/
	$(BIN)/python -m tools.gen

lint: .venv/.ready-dev ## ruff, formatting, buf
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code protos

type: .venv/.ready-dev ## mypy, strict
	$(BIN)/mypy kit image_svc temporal_svc av_sync_svc metadata_svc fusion_svc gateway promotion canary monitoring cli client/telltale_client tools

pictures: .venv/.ready-dev test-deps ## take the README's pictures of the page
	$(BIN)/python -m pytest $(TESTS)/browser/test_real_stack.py -k "dropped_photo or compared or measured" --screenshots docs

samples: .venv-train/.ready ## make samples/ again
	$(TRAIN)/python tools/make_samples.py

train-smoke: .venv-train/.ready ## every notebook headless on a small slice, in a temporary folder; DATA=folder
	OMP_NUM_THREADS=1 $(TRAIN)/python -m colab_training.smoke --data $(DATA)

notebooks: .venv-train/.ready ## make the .ipynb files from colab_training/notebooks/*.py again
	$(TRAIN)/python -m colab_training.notebook_files

prepare-data: .venv-train/.ready ## check, filter and split a data folder, with a leakage report; DATA=folder
	$(TRAIN)/python -m colab_training.preparation --data $(DATA) --out build/preparation

train: .venv-train/.ready ## train and calibrate every shipped model again (about six hours on two cores); DATA=folder
	$(TRAIN)/python -m colab_training.face_finder --config colab_training/configs/face_finder_first.toml --data $(DATA) --out build/face_finder_first
	$(TRAIN)/python -m colab_training.face_finder --config colab_training/configs/face_finder.toml --data $(DATA) --start $(FIRST_FACES) --out models/face_finder/1.0.0
	$(TRAIN)/python -m colab_training.face_spatial --config colab_training/configs/face_spatial.toml --data $(DATA) --out models/face_spatial/5.0.0
	$(TRAIN)/python -m colab_training.frequency --config colab_training/configs/frequency.toml --data $(DATA) --out models/frequency/2.0.0
	$(TRAIN)/python -m colab_training.noise_residual --config colab_training/configs/noise_residual.toml --data $(DATA) --out models/noise_residual/2.0.0
	$(TRAIN)/python -m colab_training.whole_picture --config colab_training/configs/whole_picture.toml --data $(DATA) --out models/whole_picture/1.0.0
	$(TRAIN)/python -m colab_training.metadata_rules --data $(DATA) --out models/metadata_rules/2.0.0
	$(TRAIN)/python -m colab_training.jpeg_history --config colab_training/configs/jpeg_history.toml --data $(DATA) --out models/jpeg_history/1.0.0
	$(TRAIN)/python -m colab_training.region_consistency --config colab_training/configs/region_consistency.toml --data $(DATA) --out models/region_consistency/1.0.0
	$(TRAIN)/python -m colab_training.container_rules --data $(DATA) --out models/container_rules/1.0.0
	$(TRAIN)/python -m colab_training.exif_anomaly --config colab_training/configs/exif_anomaly.toml --data $(DATA) --out models/exif_anomaly/1.0.0
	$(TRAIN)/python -m colab_training.video --config colab_training/configs/face_motion.toml --data $(DATA) --out models/face_motion/1.0.0
	$(TRAIN)/python -m colab_training.video --config colab_training/configs/face_drift.toml --data $(DATA) --out models/face_drift/1.0.0
	$(TRAIN)/python -m colab_training.video --config colab_training/configs/flow_consistency.toml --data $(DATA) --out models/flow_consistency/1.0.0
	$(TRAIN)/python -m colab_training.video --config colab_training/configs/blending_flicker.toml --data $(DATA) --out models/blending_flicker/1.0.0
	$(TRAIN)/python -m colab_training.voice_activity --data $(DATA) --out models/voice_activity/1.0.0
	$(TRAIN)/pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 --platform manylinux_2_28_x86_64 --dest build $(MESH)
	$(TRAIN)/python -m colab_training.face_landmarks --wheel build/mediapipe-*.whl --out models/face_landmarks/1.0.0
	$(TRAIN)/python -m colab_training.voice_spoof --config colab_training/configs/voice_spoof.toml --data $(DATA) --out models/voice_spoof/1.0.0
	$(TRAIN)/python -m colab_training.lip_sync --config colab_training/configs/lip_sync.toml --data $(DATA) --out models/lip_sync/1.0.0
	$(TRAIN)/python -m colab_training.av_coherence --config colab_training/configs/av_coherence.toml --data $(DATA) --out models/av_coherence/1.0.0
	$(TRAIN)/python -m colab_training.video.evidence --data $(DATA) --out build/video_evidence.jsonl
	$(TRAIN)/python -m colab_training.video.sound_evidence --data $(DATA) --evidence build/video_evidence.jsonl --out build/clips_evidence.jsonl
	$(TRAIN)/python -m colab_training.ensemble --data $(DATA) --clips build/clips_evidence.jsonl --judgements build/voice_judgements.jsonl --out models/fusion/6.0.0

variants: .venv-train/.ready ## small int8 variants of networks, offered where nothing is lost: docs/models.md; DATA=folder
	OMP_NUM_THREADS=1 $(TRAIN)/python -m colab_training.quantise --model face_spatial --config colab_training/configs/quantise.toml --data $(DATA)
	OMP_NUM_THREADS=1 $(TRAIN)/python -m colab_training.quantise --model noise_residual --config colab_training/configs/quantise.toml --data $(DATA)

chaos: .venv/.ready-dev test-deps ## kill processes at random while analyses run, and count what is lost; SEED=1 ANALYSES=200 STORE=sqlite|postgres
	$(BIN)/python -m tests.chaos --seed $(SEED) --analyses $(ANALYSES) --store $(STORE) --out bench/out

bench-faces: .venv-train/.ready ## the face finder and its teacher side by side: recall, false faces, milliseconds; DATA=folder
	$(TRAIN)/python -m bench.faces --data $(DATA) --out bench/out

bench-accuracy: .venv-train/.ready ## accuracy, calibration and false alarms on data never trained on; DATA=folder
	$(TRAIN)/python -m bench.accuracy --data $(DATA) --out bench/out --docs docs

bench-verdict: .venv-train/.ready ## how far verdicts of all kinds can be trusted: docs/VERDICT.md and the page's numbers; DATA=folder, after `make train`
	$(TRAIN)/python -m bench.verdict --data $(DATA) --clips build/clips_evidence.jsonl --judgements build/voice_judgements.jsonl --docs docs --web gateway/web/assets

bench-verdict-photos: .venv-train/.ready ## the same of photos alone, where videos and recordings were taken over: docs/verdict/photos.md; DATA=folder
	$(TRAIN)/python -m bench.verdict --photos --data $(DATA) --docs docs --web gateway/web/assets

bench-protection: .venv/.ready .venv-train/.ready ## what rounding costs, us and an attacker, and what the budget on variants lets through; DATA=folder
	$(BIN)/python -m bench.protection.variants --data $(DATA)
	$(TRAIN)/python -m bench.protection --data $(DATA) --clips build/clips_evidence.jsonl --judgements build/voice_judgements.jsonl

bench-stills: .venv/.ready ## milliseconds of face finding and of every test of a still with one face
	$(BIN)/python -m bench.stills --out bench/out

bench-video: .venv/.ready ## time and memory of videos of 1 s to 10 min through REST; DATA=folder
	$(BIN)/python -m bench.video --data $(DATA) --out bench/out

bench-sound: .venv/.ready ## seconds of every part of listening, of recordings up to an hour through REST, and memory; DATA=folder
	$(BIN)/python -m bench.sound --data $(DATA) --out bench/out

bench-clips: .venv-train/.ready ## accuracy on video: by kind and source, after re-encoding, where in time; DATA=folder, after `make train`
	$(TRAIN)/python -m bench.clips --data $(DATA) --evidence build/clips_evidence.jsonl --docs docs

bench-metadata: .venv/.ready ## facts of every labelled metadata file against what is known of it; DATA=folder
	$(BIN)/python -m bench.metadata --data $(DATA) --docs docs

bench-swap: .venv/.ready ## models swapped, rolled back and refused under load for SECONDS (60): failed calls, p99, memory
	$(BIN)/python -m bench.swap --seconds $(or $(SECONDS),60) --out bench/out

bench-telemetry: .venv/.ready-dev ## photos a second of image_svc with traces and metrics against the same without
	$(BIN)/python -m bench.telemetry --out bench/out

canary-demo: .venv/.ready ## a good version of image_svc and four bad ones, each tried under load: docs/canary.md (about five minutes)
	$(BIN)/python -m bench.canary --out bench/out

bench-mtls: .venv/.ready ## what mTLS costs between two services: calls, uploads, connections
	$(BIN)/python -m bench.mtls

bench-drift: .venv/.ready ## 500 photos as they are and 1,500 that changed, through the stack: is the alarm of drift right? DATA=folder
	$(BIN)/python -m bench.drift --data $(DATA) --out bench/out

drift-reference: .venv/.ready ## make the shipped reference of the drift monitor again, of 1,000 photos through the stack; DATA=folder
	$(BIN)/python -m bench.drift.reference --data $(DATA)

bench-recall: .venv/.ready ## what taking over earlier evidence saves a photo that comes again, and costs one that is new
	$(BIN)/python -m bench.recall

bench-load: .venv/.ready ## what the stack bears, then twice as much for MINUTES (30): what is shed, how late, whose turn, memory
	$(BIN)/python -m bench.load --minutes $(or $(MINUTES),30) --out bench/out

bench-scaling: .venv/.ready-dev test-deps ## CPU seconds and cost of photos, video and sound, one replica and two, what is full first: docs/scaling.md; DATA=folder
	$(BIN)/python -m tests.support.postgres $(BIN)/python -m bench.scaling --database '{database}' --data $(DATA) --out bench/out

fuzz-media: .venv/.ready-dev ## N damaged photos, videos and recordings (10000) to the whole stack, out of SEED (1), and its memory
	$(BIN)/python -m tests.fuzz.hostile --count $(or $(N),10000) --seed $(or $(SEED),1) --out bench/out/fuzz_media.json

fuzz-rest: .venv/.ready-dev ## N odd requests (10000) over REST to the whole stack, out of SEED (1)
	$(BIN)/python -m pytest --timeout 0 $(TESTS)/fuzz/requests/test_rest_requests.py -k whole_stack --requests $(or $(N),10000) --seed $(or $(SEED),1)

fuzz-grpc: .venv/.ready-dev ## the same over gRPC: damaged messages, broken streams, hundreds of callers who leave
	$(BIN)/python -m pytest --timeout 0 $(TESTS)/fuzz/requests/test_grpc_requests.py -k whole_stack --requests $(or $(N),10000) --seed $(or $(SEED),1)

bench-inference: .venv/.ready ## microseconds that the Open Inference Protocol adds to a run of a network
	$(BIN)/python -m bench.open_inference

bench-batching: .venv-train/.ready ## where networks gain by sharing a batch, and what the line in front of the cores costs, against plain loops
	$(TRAIN)/python -m bench.batching --out bench/out

bench-audit: .venv/.ready ## milliseconds that the audit log costs a call, and how fast a million entries are checked
	$(BIN)/python -m bench.audit

bench-evidence: .venv/.ready ## evidence in a column against files: bytes written, milliseconds to delete
	$(BIN)/python -m bench.evidence

bench-overhead: .venv/.ready ## latency through REST against the same work in one process
	$(BIN)/python -m bench.overhead --out bench/out

bench-serving: .venv/.ready .venv-train/.ready bench-serving-peers ## one work by our kit, by five other servers and in a plain loop: docs/SERVING.md (about 12 minutes)
	$(TRAIN)/python -m bench.serving.network --out build/serving/network.onnx
	@# Numbers below a bar are written down like all others, and still fail the verb.
	$(BIN)/python -m bench.serving --network build/serving/network.onnx --out bench/out; kept=$$?; \
		$(TRAIN)/python -m bench.serving.page --numbers bench/out/serving.json --docs docs && exit $$kept

bench-serving-peers: $(PEERS:%=build/peers/%/.ready) ## an environment of its own for each of the other servers

build/peers/%/.ready: bench/serving/requirements/%.txt
	tools/make_venv.sh $(if $(filter triton,$*),$(TRITON_PYTHON),$(PYTHON)) build/peers/$*
	build/peers/$*/bin/pip install --quiet --no-deps -r $<
	touch $@

lock: .venv/.ready-dev ## resolve requirements/*.txt again
	tools/lock.sh $(BIN)

client: .venv/.ready-dev ## pack the Python client with its contracts: build/telltale_client-*.whl
	tools/client_wheel.sh $(BIN)/python build

vendor: .venv/.ready-dev ## copy third-party contracts and schemas again; the schemas need npm
	$(BIN)/python tools/vendor_protos.py
	$(BIN)/python -m tools.vendor_schemas

clean: ## remove environments, caches and local state
	rm -rf .venv .venv-train .venv-checkov .telltale bench/out .pytest_cache .mypy_cache .ruff_cache build *.egg-info

.venv/.ready: requirements/serving.txt pyproject.toml
	tools/make_venv.sh $(PYTHON) .venv
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements/serving.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/.ready-dev: .venv/.ready requirements/dev.txt
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements/dev.txt
	touch $@

# Its packages want other versions than ours.
.venv-checkov/.ready: requirements/checkov.txt
	tools/make_venv.sh $(PYTHON) .venv-checkov
	.venv-checkov/bin/pip install --quiet --require-hashes --no-deps -r requirements/checkov.txt
	touch $@

# torch comes first and alone: a lock would have to name one build for every machine. Where it is not yet there, pip takes
# what its index offers; set PIP_EXTRA_INDEX_URL to an index of CPU builds for a smaller download.
.venv-train/.ready: requirements/train.txt pyproject.toml
	tools/make_venv.sh $(PYTHON) .venv-train
	$(TRAIN)/pip install --quiet torch==2.13.0
	$(TRAIN)/pip install --quiet --require-hashes --no-deps -r requirements/train.txt
	$(TRAIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
