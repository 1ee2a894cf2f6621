//! The resolver against rows (`known_cases`, `rotations`, `holidays`, `people`), against a naive oracle over
//! random schedules (`random`) and in every zone (`zones`), and at the ends of its range
//! (`extremes`).

mod extremes;
mod holidays;
mod known_cases;
mod meaning;
mod oracle;
mod people;
mod random;
mod rotations;
mod rows;
mod zones;
