//! Plays years and prints their figures as a table: `year [YEARS] [FIRST_SEED]`.

use std::io::Write;
use std::process::ExitCode;

use wb_sim::{PERSON_NIGHTS, Weather, year};

fn main() -> ExitCode {
    let number = |n| std::env::args().nth(n).and_then(|text| text.parse().ok());
    let years: u64 = number(1).unwrap_or(3);
    let first: u64 = number(2).unwrap_or(1);
    let mut out = std::io::stdout().lock();
    let head = "| year | incidents | messages | told after, s | acknowledged after, s | messages a person-night | \
                nights broken, % | late after an outage, s |\n|---|---|---|---|---|---|---|---|";
    let mut said = writeln!(out, "{head}");
    for weather in [Weather::Calm, Weather::Rough] {
        for seed in first..first + years {
            let year = match year(seed, weather) {
                Ok(year) => year,
                Err(what) => {
                    drop(writeln!(out, "year {seed}, {weather:?}: {what}"));
                    return ExitCode::FAILURE;
                }
            };
            let [messages, nights] =
                [year.night_messages, year.broken_nights].map(|n| n * 10_000 / PERSON_NIGHTS);
            said = said.and(writeln!(
                out,
                "| {weather:?} {seed} | {} | {} | {} | {} | 0.{messages:04} | {}.{:02} | {} |",
                year.incidents,
                year.messages,
                year.told_s,
                year.acknowledged_s,
                nights / 100,
                nights % 100,
                year.late_s,
            ));
        }
    }
    match said {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
