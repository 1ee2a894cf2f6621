//! Rebuilds the crate when a migration file appears: the embedding macro notices changed files, not new ones.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
