//! The message boundary: everything that goes in and out of an engine, as plain data.
//!
//! No generics, no lifetimes, no callbacks: whatever language a host is written in, this is what it
//! reads and writes.
//!
//! | file | subject |
//! |---|---|
//! | `input.rs` | what goes in ([`Input`], [`Receipt`]) and what comes out ([`Output`]) |
//! | `command.rs` | what people and applications ask |
//! | `host.rs` | what telephony and messaging hosts report |
//! | `event/` | what has been decided, noun by noun |
//! | `effect.rs` | what hosts are asked to do |
//! | `record.rs` | one step: cause, events, effects |
//! | `reply.rs` | what a client is told of its command |
//! | `rejection.rs` | the domain's "no" |
//! | `actor.rs` | who does something, and for whom |
//! | `personal.rs` | data about people |
//! | `fact.rs` | facts that do not come from routing |
//! | `codec.rs` | the binary form |
//! | `schema.rs` | the JSON Schema |
//!
//! Numbers of the configuration ([`QueueId`](crate::id::QueueId), ...) appear in events and effects;
//! commands and reports use keys. What has no behavior yet is refused as
//! [`RejectionReason::NotYet`], by name: reports by the list [`HostEvent::not_yet`].

mod actor;
pub mod codec;
mod command;
mod common;
mod effect;
mod event;
mod fact;
mod host;
mod input;
mod personal;
mod record;
mod rejection;
mod reply;
#[cfg(feature = "schema")]
mod schema;

pub use actor::{Actor, ActorKind, Authority, Permission};
pub use command::{
    Command, CommandBody, Destination, IncidentAction, IncidentScope, MonitorMode, MonitorTarget,
    RoutabilityScope, Switch,
};
pub use common::{
    ContextEntry, Direction, EndCause, EndKind, EntryRejection, Identity, Language, LegRef, Origin,
    Presence, Side, Sink, Source,
};
pub use effect::{
    AcceptMode, Alert, Barge, BridgeMode, Effect, EffectClass, EffectKind, Grammar, HostLeg, Lane,
    MediaTarget, ReferAnswer, Segment, Tracks,
};
pub use event::*;
pub use fact::{Fact, FactBatch, FactBody, NumberedFact, NumberedFactBody, NumberedFacts};
pub use host::{
    AnsweredBy, Arrival, BargedBy, CollectEnd, DeliveryState, EndedBy, HeldBy, HostError,
    HostEvent, HostReport, LeftIn, LeftMessage, LiveLeg, LiveState, MediaEnd, StreamEventKind,
    TransferResult,
};
pub use input::{Input, Output, Receipt};
pub use personal::{CustomerRef, CustomerToken, Personal, Sealed};
pub use record::{Cause, FORMAT_VERSION, Record, TimerId};
pub use rejection::{Rejection, RejectionReason};
pub use reply::{Made, Reply};
#[cfg(feature = "schema")]
pub use schema::schema;
