# The commands of this project; each is a line here and a script under deploy/dev/.
# SWITCHYARD_CACHE holds what is kept between builds: the target folder, the wasm toolchain.

SHELL := /bin/bash
.DEFAULT_GOAL := help

SWITCHYARD_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/switchyard
CARGO_TARGET_DIR ?= $(SWITCHYARD_CACHE)/target
export SWITCHYARD_CACHE CARGO_TARGET_DIR

.PHONY: help demo build release console console-test lint test e2e engines bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: ## the whole platform on 127.0.0.1:8080, from a bare machine
	@deploy/dev/demo.sh

build: ## an optimised binary at target/release/switchyard, quick to build
	@deploy/dev/install.sh build
	@deploy/dev/build.sh quick

release: ## the same binary with link-time optimisation
	@deploy/dev/install.sh build
	@deploy/dev/build.sh release

console: ## the console for browsers: wasm, styles, icons
	@deploy/dev/install.sh build
	@deploy/dev/console.sh release

console-test: ## the console for browsers, quick to build
	@deploy/dev/install.sh build
	@deploy/dev/console.sh test

lint: ## format, clippy, dependency rules
	@deploy/dev/install.sh build
	@deploy/dev/lint.sh

test: ## everything CI checks
	@deploy/dev/test.sh

e2e: ## browser journeys and real clients
	@deploy/dev/e2e.sh

engines: ## real engines (llama.cpp, vLLM, transformers) behind the gateway; installs them, 6 GB
	@deploy/dev/engines.sh

bench: ## CPU time per request beside nginx
	@deploy/dev/bench.sh

bench-routing: ## routing policies on a simulated fleet, and the cost of a decision
	@deploy/dev/bench-routing.sh
