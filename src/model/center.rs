//! The center and the objects that are not agents or queues.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::keyed::keyed;
use super::{
    AcrossQueues, Agent, Capacity, Host, Hours, Limits, OrderPolicy, Policies, Queue, Recording,
    Rota, User,
};
use crate::id::Key;
use crate::time::Duration;

/// Everything an engine is configured with: one routing domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Center {
    /// What people call the center.
    pub name: String,
    /// IANA time zone of the center, for calendars that name none; UTC when empty.
    pub time_zone: String,
    /// Companies or business lines on whose behalf work is done.
    #[serde(deserialize_with = "keyed")]
    pub brands: BTreeMap<Key, Brand>,
    /// Places where agents work.
    #[serde(deserialize_with = "keyed")]
    pub sites: BTreeMap<Key, Site>,
    /// Groups of agents with a lead.
    #[serde(deserialize_with = "keyed")]
    pub teams: BTreeMap<Key, Team>,
    /// What agents can do.
    #[serde(deserialize_with = "keyed")]
    pub skills: BTreeMap<Key, Skill>,
    /// Why an agent is not ready, a call was moved, an order given.
    #[serde(deserialize_with = "keyed")]
    pub reasons: BTreeMap<Key, Reason>,
    /// Results that agents give to finished work.
    #[serde(deserialize_with = "keyed")]
    pub dispositions: BTreeMap<Key, Disposition>,
    /// Opening hours.
    #[serde(deserialize_with = "keyed")]
    pub hours: BTreeMap<Key, Hours>,
    /// Adapters that hold legs and carry out effects.
    #[serde(deserialize_with = "keyed")]
    pub hosts: BTreeMap<Key, Host>,
    /// IVR and bot flows.
    #[serde(deserialize_with = "keyed")]
    pub flows: BTreeMap<Key, Flow>,
    /// Where requests wait.
    #[serde(deserialize_with = "keyed")]
    pub queues: BTreeMap<Key, Queue>,
    /// Where customers come in.
    #[serde(deserialize_with = "keyed")]
    pub entry_points: BTreeMap<Key, EntryPoint>,
    /// Who serves them.
    #[serde(deserialize_with = "keyed")]
    pub agents: BTreeMap<Key, Agent>,
    /// What work of each channel costs an agent.
    pub capacity: Capacity,
    /// Which waiting request goes first, where a queue has no order of its own.
    pub order: OrderPolicy,
    /// Which queue an agent serves who may serve several.
    pub across: AcrossQueues,
    /// Rules for agents and calls that hold for the whole center.
    pub policies: Policies,
    /// Bounds on everything that can grow.
    pub limits: Limits,
    /// People who are no agents, and how far their permissions reach.
    #[serde(deserialize_with = "keyed")]
    pub users: BTreeMap<Key, User>,
    /// Numbers of emergency services. A call to one is never queued, blocked or held up by an incident
    /// or a bound: the host is told at once to put it through.
    pub emergency_numbers: Vec<String>,
    /// Who is on call when a queue is closed.
    #[serde(deserialize_with = "keyed")]
    pub rotas: BTreeMap<Key, Rota>,
}

/// A medium. It decides capacity and clocks; direction and origin are other things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Channel {
    /// A telephone or internet call.
    Voice,
    /// A call with pictures.
    Video,
    /// A live written conversation.
    Chat,
    /// Text messages of the telephone network.
    Sms,
    /// A messaging app.
    Messaging,
    /// A social network.
    Social,
    /// E-mail.
    Email,
    /// Telefax.
    Fax,
    /// A form on a web page.
    WebForm,
    /// A recorded message.
    Voicemail,
    /// Work without a customer on the line.
    Task,
}

impl Channel {
    /// All channels, in order.
    pub const ALL: [Self; 11] = [
        Self::Voice,
        Self::Video,
        Self::Chat,
        Self::Sms,
        Self::Messaging,
        Self::Social,
        Self::Email,
        Self::Fax,
        Self::WebForm,
        Self::Voicemail,
        Self::Task,
    ];

    /// Whether a customer waits on the channel right now (voice, video, chat).
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Voice | Self::Video | Self::Chat)
    }

    /// Whether the channel has legs that a telephony host connects.
    pub const fn has_media(self) -> bool {
        matches!(self, Self::Voice | Self::Video)
    }

    /// The name of the channel, as in configurations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Chat => "chat",
            Self::Sms => "sms",
            Self::Messaging => "messaging",
            Self::Social => "social",
            Self::Email => "email",
            Self::Fax => "fax",
            Self::WebForm => "web_form",
            Self::Voicemail => "voicemail",
            Self::Task => "task",
        }
    }

    /// The place of the channel in tables by channel.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A company or business line on whose behalf work is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Brand {
    /// Display name.
    pub name: String,
    /// What agents say when they answer.
    pub answer_phrase: String,
    /// Caller id of outbound calls.
    pub caller_id: Option<String>,
    /// What is recorded of its calls, in queues that have no rule of their own.
    pub recording: Option<Recording>,
}

/// Who runs a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SiteKind {
    /// The company itself.
    #[default]
    InHouse,
    /// An outsourced partner.
    Partner,
    /// People at home.
    Remote,
}

/// Where a site stands relative to the customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Shore {
    /// The same country.
    #[default]
    Onshore,
    /// A neighbouring country.
    Nearshore,
    /// Far away.
    Offshore,
}

/// A place where agents work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Site {
    /// Display name.
    pub name: String,
    /// Who runs it.
    pub kind: SiteKind,
    /// Where it stands.
    pub shore: Shore,
    /// IANA time zone; the center's when empty.
    pub time_zone: String,
}

/// A group of agents with a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Team {
    /// Display name.
    pub name: String,
    /// The agent who leads the team.
    pub lead: Option<Key>,
    /// Where the team works, for agents that name no site.
    pub site: Option<Key>,
}

/// What an agent can do, in levels from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Skill {
    /// Display name.
    pub name: String,
    /// The highest level, 1 to 255.
    pub levels: u8,
}

impl Default for Skill {
    fn default() -> Self {
        Self { name: String::new(), levels: 10 }
    }
}

/// What a reason is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReasonClass {
    /// A break the agent asked for.
    #[default]
    Break,
    /// Meeting, training, coaching.
    Meeting,
    /// Work outside queues.
    OtherWork,
    /// The engine or a device caused it.
    System,
    /// The end of the shift.
    ShiftEnd,
}

/// Why an agent is not ready.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Reason {
    /// Display name.
    pub name: String,
    /// What the reason is for.
    pub class: ReasonClass,
    /// Whether the time is paid.
    pub paid: bool,
    /// Whether the time is productive.
    pub productive: bool,
}

/// A result that an agent gives to finished work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Disposition {
    /// Display name.
    pub name: String,
    /// The disposition above it in the tree.
    pub parent: Option<Key>,
}

/// An IVR or bot flow. Its content belongs to the flow engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Flow {
    /// Display name.
    pub name: String,
}

/// Where an entry point leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntryTarget {
    /// Straight into a queue.
    Queue(Key),
    /// Into a flow.
    Flow(Key),
}

/// Where customers come in: a number, an address, a widget, a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct EntryPoint {
    /// Display name.
    #[serde(default)]
    pub name: String,
    /// The medium.
    pub channel: Channel,
    /// Numbers or addresses that lead here, as the host reports them.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// On whose behalf; the target queue's brand when absent.
    #[serde(default)]
    pub brand: Option<Key>,
    /// Where it leads.
    pub leads_to: EntryTarget,
    /// Default language of those who come in here (BCP 47).
    #[serde(default)]
    pub language: Option<String>,
    /// How many interactions may be alive at once; one more is blocked. No bound when absent.
    #[serde(default)]
    pub max_concurrent: Option<u32>,
    /// Waiting credit for those who come in here, moving them forward in every queue.
    #[serde(default)]
    pub boost: Duration,
}
