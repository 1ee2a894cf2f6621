//! The domain's rows, on both engines, with decisions of the real deciders.

mod access;
mod bundles;
mod codec;
mod config;
mod filters;
mod lists;
mod notes;
mod outbox;
mod retention;
mod save;
mod service_path;
mod strategies;
mod verify;
mod world;

/// Runs tests in memory and on PostgreSQL; a SQLite file differs from memory only below the rows.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() {
                super::$name(&$crate::rows::world::World::new($crate::ground::Kind::Memory));
            })*
        }
        mod postgres {
            $(#[test] fn $name() {
                super::$name(&$crate::rows::world::World::new($crate::ground::Kind::Postgres));
            })*
        }
    };
}
use on_both;
