//! The deciders, seen from outside: stories, and properties over random lives of an incident.

mod incident;
mod world;
