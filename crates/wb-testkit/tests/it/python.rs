//! The Python environment is there, with the pinned client libraries.

use wb_testkit::python;

#[test]
fn the_pinned_libraries_are_installed() {
    let script = "import sys, pagerduty, aiosmtpd; print('both', sys.argv[1])";
    assert_eq!(python::run(script, &["here"]).unwrap(), "both here\n");
}

#[test]
fn a_failing_script_says_why() {
    let error = python::run("raise SystemExit('no such key')", &[]).unwrap_err();
    assert!(error.to_string().contains("no such key"), "{error}");
}
