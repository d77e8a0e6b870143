# `make demo` and `make test` need nothing but Python >= 3.11 and make; everything else builds on them.
.DEFAULT_GOAL := help
BIN := .venv/bin
RUN := .venv/.run
DEV := .venv/.dev

help:  ## Show what there is to do
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(RUN): requirements/run.txt pyproject.toml scripts/environment
	@scripts/environment requirements/run.txt
	@touch $@

$(DEV): requirements/dev.txt pyproject.toml scripts/environment
	@scripts/environment requirements/dev.txt
	@touch $(RUN) $@

demo: $(RUN)  ## Simulate a company, score it, and show what came out
	@$(BIN)/leadline demo demo

test: $(DEV)  ## Run all tests
	$(BIN)/pytest -n auto

thorough: $(DEV)  ## Run the property tests with many more examples (about half an hour)
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest tests/qualification tests/agreement tests/engines tests/fields

check: $(DEV)  ## Check format, lint, types, layers, tidiness and generated files
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache | tail -n 3
	$(BIN)/pytest -q tests/test_tidy.py tests/test_generated.py

proof: $(DEV)  ## Hold what learning claims against simulated companies (about half an hour)
	$(BIN)/python benchmarks/learning_proof.py

bench: $(DEV)  ## Measure speed and accuracy, side by side in one run
	$(BIN)/python benchmarks/all.py

bench-scale: $(DEV)  ## Measure time and memory up to a hundred million events (needs 5 GB of disk)
	$(BIN)/python benchmarks/scale.py

docs: $(DEV)  ## Write the generated pages anew
	$(BIN)/python scripts/generate.py

format: $(DEV)  ## Format and mend what can be mended by itself
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet

lock: $(DEV)  ## Lock the newest dependencies that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url -o requirements/run.txt pyproject.toml requirements/build.in
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url -c requirements/run.txt --group dev -o requirements/dev.txt pyproject.toml requirements/build.in

clean:  ## Remove the environment and everything that was built
	rm -rf .venv demo .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help demo test thorough check proof bench bench-scale docs format lock clean
