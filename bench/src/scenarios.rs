//! What is measured. A scenario is a file here and a line in [`ALL`].

mod carbon;
mod footprint;
mod ingest;
mod latency;
mod monitors;
mod render;
mod web;

use crate::harness::report::Report;
use crate::harness::{Bench, Outcome};
use crate::peers::Peer;
use crate::peers::alertmanager::ALERTMANAGER;
use crate::peers::carbon_cache::CARBON_CACHE;
use crate::peers::graphite_web::GRAPHITE_WEB;

/// Something to measure.
pub(crate) struct Scenario {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it answers.
    pub(crate) about: &'static str,
    /// What it is measured against.
    pub(crate) peers: &'static [Peer],
    /// Measures.
    pub(crate) run: fn(&Bench) -> Outcome<Report>,
}

/// Every scenario, in the order in which they run.
pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "ingest",
        about: "durable events a second, against Alertmanager",
        peers: &[ALERTMANAGER],
        run: ingest::run,
    },
    Scenario {
        name: "latency",
        about: "from event to webhook, paced and in a burst",
        peers: &[ALERTMANAGER],
        run: latency::run,
    },
    Scenario {
        name: "footprint",
        about: "idle memory, start to ready, first load of the UI",
        peers: &[],
        run: footprint::run,
    },
    Scenario {
        name: "monitors",
        about: "one evaluation of 1,000 threshold monitors",
        peers: &[],
        run: monitors::run,
    },
    Scenario {
        name: "carbon",
        about: "samples a second until they can be read, against carbon-cache",
        peers: &[CARBON_CACHE],
        run: carbon::run,
    },
    Scenario {
        name: "render",
        about: "sumSeries over 1,000 series of a day, against graphite-web",
        peers: &[GRAPHITE_WEB],
        run: render::run,
    },
    Scenario {
        name: "web",
        about: "weight and speed of the UI on a slow phone (needs Node, Chromium and `make setup`)",
        peers: &[],
        run: web::run,
    },
];
