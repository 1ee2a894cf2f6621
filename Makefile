# Thin on purpose: the work is in xtask, where it is typed, tested and the same on every machine.
XTASK := cargo run -q --locked -p xtask --

.PHONY: run test lint bench soak dev setup

## The demo, UI included, on loopback; prints its URL and login. Without Node the API and the mail
## links work all the same.
run:
	$(XTASK) web-build || echo "make run: the web UI is not built, see above; going on without it" >&2
	cargo run --locked --profile release -p watchbell -- demo

## Everything a change must pass: web tests first, then the Rust tests.
test: setup
	$(XTASK) test

## Format, clippy, the repository's own rules, licences, TypeScript.
lint:
	$(XTASK) lint

## Benchmarks; results go into bench/RESULTS.md by hand, with machine and idle share.
bench:
	$(XTASK) bench

## Fresh seeds of the simulator for ten minutes, or until one fails; it prints how to play it again.
soak:
	cargo run -q --locked --release -p wb-sim --bin soak

## Server and Vite, both reloading.
dev:
	$(XTASK) dev

## Installs what the tests need, or says what is missing and how to get it.
setup:
	$(XTASK) setup
