//! Configuration as data: the [`Center`] and everything in it.
//!
//! A `Center` is plain serde data: TOML for people, JSON for machines, a JSON Schema published.
//! Objects refer to each other by [`Key`](crate::id::Key); [`validate`] collects every fault with its path, [`diff`]
//! tells what has to change to get from one center to another. The engine numbers the keys once and
//! works on numbers.
//!
//! | file | subject |
//! |---|---|
//! | `center.rs` | the center, brands, entry points, teams, sites, skills, reasons |
//! | `policy.rs` | rules and bounds of the whole center |
//! | `agent.rs` | agents, stations, capacity of channels |
//! | `queue.rs` | queues: order, limits, overflow, wrap-up |
//! | `requirement/` | what queues ask of agents |
//! | `offering.rs` | how many agents ring at once, what follows on misses |
//! | `host.rs` | adapters that hold legs |
//! | `recording.rs` | what is recorded |
//! | `preferred.rs` | whom a customer gets first |
//! | `relaxation.rs` | what changes for a request that waits on |
//! | `voicemail.rs` | the group mailbox of a queue |
//! | `rota.rs` | who is on call when a queue is closed |
//! | `user.rs` | people who are no agents, and how far their permissions reach |
//! | `kind.rs` | kinds of numbered objects |
//! | `hours.rs` | opening hours as data |
//! | `calendar.rs` | opening hours evaluated |
//! | `fault.rs` | faults and warnings, each with its path |
//! | `validate/` | all faults of a center |
//! | `load.rs` | TOML and JSON in and out |
//! | `terse.rs` | what the TOML form leaves out |
//! | `keyed.rs` | maps that take no key twice |
//! | `said.rs` | fields that must be there, also where they say nothing |
//! | `builder/` | a center made in code |
//! | `change.rs` | one change of a center, and its application |
//! | `diff.rs` | the changes between two centers |
//! | `schema.rs` | the JSON Schema of a center |

mod agent;
mod announcement;
mod builder;
mod calendar;
mod callback;
mod center;
mod change;
mod diff;
mod fault;
mod host;
mod hours;
mod keyed;
mod kind;
mod load;
mod offering;
mod order;
mod policy;
mod preferred;
mod queue;
mod recording;
mod relaxation;
mod requirement;
mod rota;
mod said;
#[cfg(feature = "schema")]
mod schema;
mod selection;
#[cfg(feature = "toml")]
mod terse;
mod user;
mod validate;
mod voicemail;

pub use agent::{Agent, Capacity, ChannelCapacity, Coverage, Proficiency, Role, Station};
pub use announcement::{Announcement, Told};
pub use builder::{CenterBuilder, Draft, Entrance};
pub use calendar::Calendar;
pub use callback::{CallbackOffer, Callbacks, CalledFirst};
pub use center::{
    Brand, Center, Channel, Disposition, EntryPoint, EntryTarget, Flow, Reason, ReasonClass, Shore,
    Site, SiteKind, Skill, Team,
};
pub use change::{Change, apply_change};
pub use diff::diff;
pub use fault::{Fault, Faults, Warning};
pub use host::{HandOver, Host, Media};
pub use hours::{Hours, SpecialDay, TimeOfDay, Weekday, WeeklySpan};
pub use kind::Kind;
pub(crate) use kind::{APP, BUILT_IN, DEVICE_FAILURE, NO_ANSWER};
pub use load::ConfigError;
#[cfg(feature = "json")]
pub use load::agents_from_json;
#[cfg(feature = "toml")]
pub use load::agents_from_toml;
pub use offering::{BackOff, Misses, OthersRing, Ringing};
pub use order::{AcrossQueues, CostGrowth, OrderPolicy, QueueWeights};
pub use policy::{AlreadyWaiting, Limits, Policies, Silence};
pub use preferred::{Preferred, PreferredWhile};
pub use queue::{AtClose, Flowout, NoAgents, Overflow, Queue, QueueLimits, WrapUp, WrapUpMode};
pub use recording::{Recording, RecordingMode};
pub use relaxation::{Guard, MAX_STEPS, RelaxationStep, StepMode};
pub use requirement::{
    Atom, Comparison, Expression, NumberAttribute, Requirement, RequirementError, TextAttribute,
};
pub use rota::{Duty, LastResort, OnDuty, Rota, RotaLevel};
#[cfg(feature = "schema")]
pub(crate) use said::Said;
pub(crate) use said::said;
#[cfg(feature = "schema")]
pub use schema::schema;
pub use selection::{AgentGroups, AgentOrder, GroupBy, HoldOut, Reserve, Shares};
pub use user::User;
pub(crate) use validate::is_language_tag;
pub use validate::validate;
pub use voicemail::{Voicemail, VoicemailDelivery};
