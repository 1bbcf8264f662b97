# Recipes for daily work; `just` lists them. CI runs `.ci/run`, which needs no `just`.

set shell := ["bash", "-euo", "pipefail", "-c"]

# List the recipes.
default:
    @just --list --unsorted

# Formatting, lints and a type check of everything: run before each commit.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# All tests, as the README names them.
test *args:
    cargo test --workspace {{args}}

# Fuzz every target for `seconds` each (needs nightly and cargo-fuzz).
fuzz seconds="60":
    for target in $(cargo +nightly fuzz list); do \
        mkdir -p "fuzz/corpus/$target"; \
        cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- -max_total_time={{seconds}} -malloc_limit_mb=64; \
    done

# API documentation, warnings denied.
doc *args:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features {{args}}

# Criterion benchmarks.
bench *args:
    cargo bench {{args}}

# The figures on this machine, as ratios to a baseline in the same run.
scale *args:
    cargo run --release --example scale -- {{args}}

# Simulation over many seeds with faults and all checkers on.
sim seeds="200":
    SIM_SEEDS={{seeds}} cargo test --test simulation -- --nocapture

# Mutation tests of the code that decides, applies and counts (needs cargo-mutants).
mutants *args:
    cargo mutants --file 'src/{interaction,agent,queue,routing,state,engine,kpi}/**' {{args}}

# Licenses, banned crates and sources of all dependencies.
deny:
    cargo deny check licenses bans sources

# Everything CI does, in its order.
ci:
    .ci/run

# Write the published JSON Schema and show what changed.
schema:
    UPDATE_SCHEMA=1 cargo test --features schema --test model_schema --test message_schema
    git diff --stat -- schema

# Formatting with the nightly-only import rules (grouped, one `use` per module).
fmt-nightly:
    cargo +nightly fmt --all -- --config imports_granularity=Module,group_imports=StdExternalCrate
