//! Standard isomorphisms, macro tables and shipped semantic patches.
