//! Ports in memory, for tests, examples and small programs.

mod directory;

pub use directory::MemoryDirectory;
