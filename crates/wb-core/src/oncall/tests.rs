//! The resolver against rows (`known_cases`), against a naive oracle over random schedules
//! (`random`), and at the ends of its range (`extremes`).

mod extremes;
mod known_cases;
mod oracle;
mod random;
mod rows;
