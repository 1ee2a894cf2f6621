//! The HTTP face on a real application, a real store in memory, and the real Events v2 dialect.

#[cfg(test)]
mod access;
#[cfg(test)]
mod authorisation;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod enqueue;
#[cfg(test)]
mod graphite;
#[cfg(test)]
mod incidents;
#[cfg(test)]
mod itself;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod links;
#[cfg(test)]
mod merge;
#[cfg(test)]
mod monitors;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod rechecks;
#[cfg(test)]
mod responders;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod service_path;
#[cfg(test)]
mod shelf;
#[cfg(test)]
mod test_app;
