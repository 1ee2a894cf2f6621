//! The deciders, seen from outside: stories, and properties over random lives of an incident.

#[cfg(test)]
mod anew;
#[cfg(test)]
mod bundle;
#[cfg(test)]
mod climbs;
#[cfg(test)]
mod duties;
#[cfg(test)]
mod idle;
#[cfg(test)]
mod incident;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod merge;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod responders;
#[cfg(test)]
mod rings;
#[cfg(test)]
mod timers;
#[cfg(test)]
mod turns;
#[cfg(test)]
mod world;
