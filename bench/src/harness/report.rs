//! What a scenario found, as Markdown.

/// A table with what was measured, and what follows from it.
pub(crate) struct Report {
    /// What was measured.
    pub(crate) title: &'static str,
    /// The load in words.
    pub(crate) workload: String,
    /// The columns.
    pub(crate) columns: &'static [&'static str],
    /// The rows, one cell for each column.
    pub(crate) rows: Vec<Vec<String>>,
    /// What was wanted and whether it is so.
    pub(crate) findings: Vec<String>,
}

impl Report {
    /// The report with the machine it was made on and the command that made it.
    pub(crate) fn markdown(&self, machine: &str, command: &str) -> String {
        let row = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
        let rows = self.rows.iter();
        let rows = rows.map(|cells| row(cells.iter().map(String::as_str).collect()));
        let findings = self.findings.iter().map(|one| format!("- {one}\n"));
        let mut text = format!(
            "## {}\n\nMachine: {machine}. Workload: {}\nCommand: `{command}`.\n\n{}|{}\n",
            self.title,
            self.workload,
            row(self.columns.to_vec()),
            "---|".repeat(self.columns.len()),
        );
        text.extend(rows.chain(["\n".to_owned()]).chain(findings));
        text
    }
}

/// Says how far a long run is.
#[expect(clippy::print_stderr, reason = "for whoever waits at the terminal")]
pub(crate) fn progress(what: &str) {
    eprintln!("  {what}");
}

/// A finding: a figure against what was wanted.
pub(crate) fn finding(what: &str, is: &str, wanted: &str, holds: bool) -> String {
    let verdict = if holds { "holds" } else { "**missed**" };
    format!("{what}: {is}; wanted {wanted}: {verdict}.")
}

/// The middle one of some figures.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The figures of all rounds, with the middle one in front.
pub(crate) fn rounds(values: &[f64], digits: usize) -> String {
    let all: Vec<String> = values.iter().map(|one| format!("{one:.digits$}")).collect();
    format!("**{:.digits$}** ({})", median(values), all.join(", "))
}

/// The ratio of two series of rounds: the middle one of the ratios inside each round.
pub(crate) fn ratio(ours: &[f64], theirs: &[f64]) -> f64 {
    let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a / b).collect();
    median(&ratios)
}
