//! Rebuilds the crate when a migration file appears: the embedding macro notices changed files, not new ones.

#[expect(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
