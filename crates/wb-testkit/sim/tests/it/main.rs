//! What `make test` plays: seeds that follow from the commit, and the planted bugs, each of which has to
//! be found.

#[cfg(test)]
mod planted;
#[cfg(test)]
mod seeds;
mod years;
