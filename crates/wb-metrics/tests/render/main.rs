//! The render engine: compared with graphite-web, and against random input.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod expressions;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod random;
