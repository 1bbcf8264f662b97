#![doc = include_str!("../README.md")]
// What cannot happen is written as a value, not as a panic; tests may unwrap.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::iter_over_hash_type,
        clippy::dbg_macro,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

mod adapter;
mod classify;
mod compose;
mod config;
mod error;
mod inbox;
mod names;
mod read;
mod smtp;
mod store;
mod tls;

pub use adapter::{Clock, MailAdapter, system_clock};
pub use classify::{Meaning, classify};
pub use config::{
    ConfigError, Fault, Folders, Limits, MailConfig, Password, Security, Server, Times,
};
pub use error::MailError;
pub use names::{OwnId, Thread, message_name, own_message_id, read_own_message_id, thread_of};
pub use read::{Delivery, Headers, Mail, Party, Progress, Unreadable, read_mail};
pub use store::{Attachment, AttachmentStore, MemoryStore, NewAttachment};
