//! Readings of the log: the contact record, and key figures of queues, channels, agents, brands and
//! intervals.
//!
//! Everything here is a fold over records and sees nothing else: the same log gives the same figures,
//! live, later and elsewhere. Sums and counts are integers and merge by +; division comes last, and
//! nothing divided by nothing is no figure.
//!
//! | file | subject |
//! |---|---|
//! | `contact.rs` | the contact record: one per interaction, with its segments |
//! | `contacts.rs` | the fold that makes contact records |
//! | `counts.rs` | what is counted of requests, work and interactions, and the figures from it |
//! | `agent_time.rs` | what agents did with their time; occupancy |
//! | `service.rs` | service level in its named modes |
//! | `ratio.rs` | a quotient that is divided last |
//! | `intervals.rs` | whole milliseconds and the intervals they fall into |
//! | `cube.rs` | counts by queue, channel, brand, agent and interval |
//! | `fold.rs` | the fold that counts |
//! | `timelines.rs` | the timelines of agents in that fold |
//! | `by_id.rs` | tables of what is still open |
//! | `names.rs` | names of the numbers that events carry |
//! | `report.rs` | the figures for people and programs |
//! | `text.rs` | the report as tables for a terminal |
//!
//! Rows of the "KPI dictionary" are those of the project's KPI reference.

mod agent_time;
mod by_id;
mod contact;
mod contacts;
mod counts;
mod cube;
mod fold;
mod intervals;
mod names;
mod ratio;
mod report;
mod service;
mod text;
mod timelines;

pub use agent_time::{AgentCounts, AgentTime, Alerting};
pub use contact::{AlertResult, ContactRecord, ContactTotals, Correction, Segment, SegmentKind};
pub use contacts::ContactRecords;
pub use counts::{Counts, Handling, InteractionCounts, OutboundCounts};
pub use cube::{AgentCell, Cube, InteractionCell, RequestCell, group};
pub use fold::{Kpis, Options};
pub use names::Names;
pub use ratio::Ratio;
pub use report::{
    AgentFigures, AgentSeconds, Figures, InteractionFigures, IntervalFigures, Report, ServiceLevels,
};
pub use service::{ServiceCounts, ServiceLevelMode};
