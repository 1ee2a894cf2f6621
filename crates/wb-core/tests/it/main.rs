//! The deciders, seen from outside: stories, and properties over random lives of an incident.

#[cfg(test)]
mod incident;
#[cfg(test)]
mod world;
