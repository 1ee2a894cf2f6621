//! The metric store, on real files.

#[cfg(test)]
mod basics;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod find;
#[cfg(test)]
mod growth;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod model;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod support;
