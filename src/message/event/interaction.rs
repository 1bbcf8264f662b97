//! Events of conversations, interactions, participants and legs.

use serde::{Deserialize, Serialize};

use crate::id::{
    AgentId, BrandId, ConversationId, EngagementId, EntryPointId, ExternalRef, HostId,
    InteractionId, Key, LegId, OfferId, ParticipantId,
};
use crate::message::{
    AnsweredBy, ContextEntry, CustomerRef, CustomerToken, Direction, EndCause, EntryRejection,
    Identity, Language, Origin, Personal, Side,
};
use crate::model::Channel;
use crate::time::{Duration, Timestamp};

/// A customer's thread across channels and time.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConversationEvent {
    /// A customer came, for the first time or after the last conversation was forgotten.
    Opened {
        /// The conversation.
        id: ConversationId,
        /// On whose behalf.
        brand: Option<BrandId>,
        /// Who.
        customer: CustomerRef,
    },
    /// It became known, perhaps late, who the customer is.
    Identified {
        /// The conversation.
        id: ConversationId,
        /// Who.
        customer: CustomerRef,
    },
    /// Two conversations turned out to be one.
    Linked {
        /// The one that stays.
        keep: ConversationId,
        /// The one that joins it.
        join: ConversationId,
    },
    /// That was taken back.
    Unlinked {
        /// The one that was joined.
        id: ConversationId,
    },
    /// Context entries were set.
    ContextSet {
        /// The conversation.
        id: ConversationId,
        /// The entries, replacing those of the same keys.
        entries: Vec<ContextEntry>,
    },
    /// The customer was put on the block list, or taken off.
    Blocked {
        /// The customer.
        customer: CustomerToken,
        /// Whether blocked.
        blocked: bool,
        /// Until when.
        until: Option<Timestamp>,
    },
}

/// One session on one channel, and who takes part in it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InteractionEvent {
    /// It began.
    Opened(Box<InteractionOpened>),
    /// Somebody was not taken in.
    EntryRejected {
        /// Where, if the address leads anywhere.
        entry_point: Option<EntryPointId>,
        /// The host that reported.
        host: HostId,
        /// The host's name of the leg.
        external: ExternalRef,
        /// The medium.
        channel: Channel,
        /// The address that was reached.
        dialed: String,
        /// Why.
        reason: EntryRejection,
        /// Kept out of every figure.
        test: bool,
    },
    /// The customer's part is over; agents may still wrap up.
    Ended {
        /// The interaction.
        id: InteractionId,
        /// Who ended it.
        by: Side,
        /// Why.
        cause: EndCause,
    },
    /// Nothing is left to do: the contact record is complete.
    Closed {
        /// The interaction.
        id: InteractionId,
    },
    /// Somebody joined.
    ParticipantJoined {
        /// The interaction.
        id: InteractionId,
        /// Who.
        participant: ParticipantId,
        /// As what.
        role: ParticipantRole,
        /// The agent, where it is one.
        agent: Option<AgentId>,
        /// The leg, where there is one.
        leg: Option<LegId>,
    },
    /// Somebody left.
    ParticipantLeft {
        /// The interaction.
        id: InteractionId,
        /// Who.
        participant: ParticipantId,
    },
    /// It became known how sure we are of the customer.
    IdentitySet {
        /// The interaction.
        id: InteractionId,
        /// The identity.
        identity: Identity,
    },
    /// The language became known.
    LanguageSet {
        /// The interaction.
        id: InteractionId,
        /// The language.
        language: Language,
    },
    /// A participant agreed to something or took that back.
    ConsentChanged {
        /// The interaction.
        id: InteractionId,
        /// Who.
        participant: ParticipantId,
        /// To what.
        purpose: Key,
        /// Agreed or not.
        granted: bool,
        /// On what legal basis.
        basis: Option<Key>,
        /// Who says so.
        source: Key,
    },
    /// A participant was muted, or is heard again.
    Muted {
        /// The interaction.
        id: InteractionId,
        /// Who.
        participant: ParticipantId,
        /// Whether muted.
        muted: bool,
    },
}

/// How an interaction began.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InteractionOpened {
    /// The interaction.
    pub id: InteractionId,
    /// The thread it belongs to.
    pub conversation: ConversationId,
    /// The medium.
    pub channel: Channel,
    /// Which way.
    pub direction: Direction,
    /// How it came about.
    pub origin: Origin,
    /// Where the customer came in.
    pub entry_point: Option<EntryPointId>,
    /// The address that was reached, one of the entry point's; absent where none was.
    pub dialed: Option<String>,
    /// The number that the customer dialed, where a diversion or translation made `dialed` of it.
    pub did: Option<String>,
    /// On whose behalf.
    pub brand: Option<BrandId>,
    /// The customer as participant.
    pub participant: ParticipantId,
    /// The customer's leg; see [`came_by_leg`](Self::came_by_leg).
    pub leg: LegId,
    /// The host that holds it.
    pub host: HostId,
    /// The host's name of it.
    pub external: Option<ExternalRef>,
    /// Who came, as reported this time; absent where the conversation opened in the same record,
    /// which says it.
    pub customer: Option<Box<CustomerRef>>,
    /// References to the matter in other systems, each with the system's name.
    pub references: Vec<(Key, ExternalRef)>,
    /// The language, if known.
    pub language: Option<Language>,
    /// The caller's number or name as the network has verified it.
    pub verified: Option<Personal<String>>,
    /// What the network attests of the caller's number.
    pub attestation: Option<Key>,
    /// Headers that the application asked for.
    pub headers: Vec<(Key, Personal<String>)>,
    /// Rank of the customer.
    pub tier: u8,
    /// Waiting credit.
    pub boost: Duration,
    /// Kept out of every figure.
    pub test: bool,
}

impl InteractionOpened {
    /// Whether it is a call among colleagues, in which no customer is; no task that somebody has opened.
    pub const fn is_internal_call(&self) -> bool {
        self.channel.has_media() && matches!(self.direction, Direction::Internal)
    }

    /// Whether the customer has come in, and so has a leg from the beginning. Who is to be called has
    /// none until then.
    pub const fn came_by_leg(&self) -> bool {
        !self.channel.has_media() || matches!(self.direction, Direction::Inbound)
    }
}

/// What a participant is to an interaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ParticipantRole {
    /// The customer.
    Customer,
    /// An agent.
    Agent,
    /// A flow or bot.
    Flow,
    /// Somebody outside.
    External,
    /// A supervisor.
    Supervisor,
}

/// A media connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LegEvent {
    /// We call somebody.
    Originated {
        /// The leg.
        id: LegId,
        /// The interaction it is for.
        interaction: InteractionId,
        /// The host that calls.
        host: HostId,
        /// Whom and why.
        purpose: LegPurpose,
    },
    /// The other side answered.
    Answered {
        /// The leg.
        id: LegId,
        /// Who.
        by: AnsweredBy,
        /// The host's name of it, if it told one.
        external: Option<ExternalRef>,
        /// How long it took from the answer to tell by whom.
        verdict_after: Option<Duration>,
    },
    /// The far end went on hold.
    Held {
        /// The leg.
        id: LegId,
    },
    /// The far end is back.
    Resumed {
        /// The leg.
        id: LegId,
    },
    /// We hang up; the host still has to say that it is done.
    Ending {
        /// The leg.
        id: LegId,
        /// Who wanted it.
        by: Side,
    },
    /// It is gone.
    Ended {
        /// The leg.
        id: LegId,
        /// Who ended it.
        by: Side,
        /// Why.
        cause: EndCause,
    },
    /// The far end asked to be relieved, and that is being tried.
    Referred {
        /// The leg.
        id: LegId,
        /// By whom.
        to: Personal<String>,
    },
    /// That has been done, or has failed.
    ReferEnded {
        /// The leg.
        id: LegId,
    },
}

/// What a leg that we originate is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LegPurpose {
    /// It rings an agent for an offer.
    Offer(OfferId, AgentId),
    /// It calls a customer.
    Customer,
    /// It calls somebody outside.
    External,
    /// It is an agent's line for the whole session.
    Line(AgentId),
    /// An agent takes part by it who was offered nothing: a supervisor, or somebody who dials.
    Part(EngagementId, AgentId),
}
