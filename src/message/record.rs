//! Records: what one step decided, and why. The journal is a line of records.

use serde::{Deserialize, Serialize};

use super::{Authority, Effect, Event, IncidentArea, Source};
use crate::id::{
    AgentId, CommandId, EffectId, EngagementId, Epoch, HostId, InteractionId, OfferId, QueueId,
    RecordingId, RequestId, Seq, ShardId,
};
use crate::time::{Duration, Timestamp};

/// The version of the shapes in this build, the first byte of every encoded record.
pub const FORMAT_VERSION: u8 = 0;

/// Everything that one step decided.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Record {
    /// Version of the shapes.
    pub v: u8,
    /// The routing domain.
    pub shard: ShardId,
    /// The owner's term.
    pub epoch: Epoch,
    /// Place in the journal.
    pub seq: Seq,
    /// Engine time; never decreases.
    pub at: Timestamp,
    /// What made the engine decide.
    pub cause: Cause,
    /// What was decided, in order.
    pub events: Vec<Event>,
    /// What hosts have to do about it, in order.
    pub effects: Vec<Effect>,
}

impl Record {
    /// The events, each with the time at which it happened: what a host reported at the time that it
    /// reported, what the engine decided on that at the time of the record.
    pub fn timed_events(&self) -> impl Iterator<Item = (Timestamp, &Event)> {
        let (occurred_at, reported) = match &self.cause {
            Cause::Host { occurred_at, reported, .. } => (*occurred_at, *reported),
            _ => (self.at, 0),
        };
        let at = self.at;
        let time = move |place: u32| if place < reported { occurred_at } else { at };
        (0u32..).zip(&self.events).map(move |(place, event)| (time(place), event))
    }
}

/// What made the engine decide.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// The shard was opened.
    Open,
    /// A new owner took over.
    Resume,
    /// A command.
    Command {
        /// Its id.
        id: CommandId,
        /// Digest of its body without personal payload.
        digest: u64,
        /// Under whose authority.
        authority: Authority,
    },
    /// A host's report.
    Host {
        /// Where it came from and its number there.
        source: Source,
        /// When it happened, in engine time, never after the record nor before earlier facts.
        occurred_at: Timestamp,
        /// So many of the events, the first ones, are what happened then; the others are what the
        /// engine decided when it heard of it.
        reported: u32,
    },
    /// A host refused an effect.
    Refused(EffectId),
    /// A timer.
    Timer(TimerId),
    /// The host's clock was found to have stepped.
    Clock {
        /// By how much.
        step: Duration,
    },
}

/// Timers, each standing behind one state that must not last. One of a kind per entity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimerId {
    /// An operation of a host must have ended.
    Effect(EffectId),
    /// An offer must have been answered.
    Offer(OfferId),
    /// An accepted offer must have been connected.
    Connect(OfferId),
    /// Wrap-up ends.
    WrapUp(EngagementId),
    /// A request has waited to its queue's bound.
    QueueWait(RequestId),
    /// An agent may be offered a request again.
    Exclusion(RequestId, AgentId),
    /// The grace for a lost desktop ends.
    Desktop(AgentId),
    /// A drain has taken too long.
    Drain(AgentId),
    /// The grace for a lost host ends.
    Host(HostId),
    /// A queue's hours change.
    QueueHours(QueueId),
    /// A queue's switch falls back.
    QueueSwitch(QueueId),
    /// The grace for a queue without agents ends.
    QueueUnstaffed(QueueId),
    /// More waiting requests are to be planned anew.
    Replan,
    /// Closed interactions and idle conversations leave the state.
    Evict,
    /// A customer who is handed on must have been answered.
    Transfer(InteractionId),
    /// Somebody who is consulted must have answered; by the asking agent's part.
    Consult(EngagementId),
    /// Work that was put away is to be taken up again.
    Parked(InteractionId),
    /// The side that is to write next has been silent too long.
    Idle(InteractionId),
    /// An incident switch falls back.
    Incident(IncidentArea),
    /// The grace for a lost phone or softphone ends.
    Media(AgentId),
    /// A recording that was asked to end must have ended.
    Recording(RecordingId),
    /// An agent must have called, or given it up.
    Preview(EngagementId),
    /// The end of an agent's shift comes nearer.
    Shift(AgentId),
    /// A promised call is due.
    Callback(RequestId),
    /// A voice message must have been heard.
    Unheard(InteractionId),
    /// Somebody on call must have accepted, or must have been joined; by the request that was handed to the
    /// rota.
    OnCall(RequestId),
    /// The next step of a request's relaxation.
    Relaxation(RequestId),
    /// A request has missed its target.
    Late(RequestId),
    /// What agents have answered counts half from now on.
    Tallies,
    /// An agent who missed an offer may be offered something again.
    BackOff(AgentId),
    /// A request may ring more agents.
    Ringing(RequestId),
    /// Somebody who waits is told something.
    Announcement(RequestId),
}
