//! Events of voice messages.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, ExternalRef, InteractionId, QueueId, RequestId};
use crate::message::Personal;
use crate::time::{Duration, Timestamp};

/// Whose voice messages they are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mailbox {
    /// Of the group that serves a queue.
    Queue(QueueId),
    /// Of one agent.
    Agent(AgentId),
}

/// A voice message, an interaction of its own.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VoicemailEvent {
    /// A customer left it.
    Left {
        /// The message.
        interaction: InteractionId,
        /// For whom.
        mailbox: Mailbox,
        /// Where it lies.
        reference: Personal<String>,
        /// What was said, where somebody wrote it down.
        transcript: Option<Personal<String>>,
        /// The host's name of it.
        external: Option<ExternalRef>,
        /// How long it is.
        duration: Duration,
        /// The queue through which its caller came, where the coverage of an agent led there.
        via: Option<QueueId>,
        /// When it is escalated if nobody has heard it.
        unheard_until: Option<Timestamp>,
    },
    /// A member of the group, or the agent whose own mailbox it is in, takes care of it; nobody else is
    /// offered it.
    Claimed {
        /// The message.
        interaction: InteractionId,
        /// Who.
        agent: AgentId,
    },
    /// That member gave it back to the group.
    Released {
        /// The message.
        interaction: InteractionId,
        /// Who.
        agent: AgentId,
        /// It waits again.
        request: RequestId,
        /// Until when it is kept from that member.
        excluded_until: Timestamp,
    },
    /// Somebody has heard it.
    Heard {
        /// The message.
        interaction: InteractionId,
        /// Who.
        agent: AgentId,
    },
    /// What waits in a mailbox has changed.
    WaitingChanged {
        /// The mailbox.
        mailbox: Mailbox,
        /// Messages that nobody has heard.
        unheard: u32,
        /// Messages that were heard and are kept.
        heard: u32,
    },
    /// Nobody heard it in time: supervisors are told.
    Escalated {
        /// The message.
        interaction: InteractionId,
        /// The queue to whose mailbox it goes; none where it stays.
        to: Option<QueueId>,
        /// When that is too late again.
        unheard_until: Option<Timestamp>,
    },
    /// A caller who waited for an agent is asked to leave a message, and waits no more.
    Asked {
        /// The wait, whose place is kept for the case that no message can be taken.
        request: RequestId,
        /// The caller.
        interaction: InteractionId,
        /// For whom.
        mailbox: Mailbox,
    },
    /// That is over.
    AskEnded {
        /// The wait.
        request: RequestId,
        /// The caller.
        interaction: InteractionId,
        /// Whether a message was left.
        left: bool,
    },
    /// It lies in an agent's own mailbox again: the agent gave it back, or it was opened again.
    Kept {
        /// The message.
        interaction: InteractionId,
        /// Whose mailbox it is.
        agent: AgentId,
    },
    /// Out of an agent's own mailbox into that of a queue's group: by a command, or because the agent was
    /// removed.
    Moved {
        /// The message.
        interaction: InteractionId,
        /// From whom.
        agent: AgentId,
        /// The queue.
        to: QueueId,
        /// When it is escalated if nobody has heard it.
        unheard_until: Option<Timestamp>,
    },
}
