//! What `make test` plays: a thousand seeds that follow from the commit, the seeds that once failed, and the planted
//! bugs, each of which has to be found.

#[cfg(test)]
mod pinned;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod seeds;
