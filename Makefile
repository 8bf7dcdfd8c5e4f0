# What one does with this project; the work is in scripts/.
.PHONY: run test bench fuzz sanitize format lint clean

# Builds the server and runs it on ./strongroom-data; prints the lines to paste into another shell.
run:
	@scripts/run

# Everything CI checks, from format to the unmodified AWS clients. Ends with "N passed, N failed".
test:
	@python3 scripts/test.py

# Strongroom beside OpenBao and beside servers that do nothing, in one run of some minutes; BENCH="--only main".
bench:
	@scripts/install-benchmarks
	scripts/release strongroom kes strongroom-bench
	@.venv/bin/python scripts/bench.py $(BENCH)

# Goes on fuzzing all targets from what earlier runs found, for TIME seconds.
TIME ?= 600
fuzz:
	@scripts/fuzz.py --seconds $(TIME)

# The unit tests with AddressSanitizer, then with ThreadSanitizer; a build from scratch each.
sanitize:
	@scripts/sanitize

format:
	@scripts/install-clients
	swift format --in-place --parallel --recursive Sources Tests Package.swift Fuzzing/Sources Fuzzing/Package.swift
	.venv/bin/ruff format

lint:
	@scripts/install-clients
	swift format lint --strict --parallel --recursive Sources Tests Package.swift Fuzzing/Sources Fuzzing/Package.swift
	.venv/bin/ruff format --check
	.venv/bin/ruff check

clean:
	rm -rf .build .build-* .venv
