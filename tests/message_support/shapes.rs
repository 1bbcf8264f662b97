//! All message types, by the file of the golden encodings they stand in.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use switchboard::message::*;
use switchboard::model;

use super::{examples, explore};

/// What can be asked of a message type.
pub(crate) trait Message: Serialize + DeserializeOwned + PartialEq + Debug {}
impl<T: Serialize + DeserializeOwned + PartialEq + Debug> Message for T {}

/// Somebody who looks at the examples of every type.
pub(crate) trait Visit {
    /// Each type in turn, with the file it stands in, its name and its examples.
    fn visit<T: Message>(
        &mut self,
        file: &'static str,
        name: &'static str,
        examples: &[(&'static str, T)],
    );
}

macro_rules! shapes {
    ($($file:ident: $($type:ty),+ $(,)?;)*) => {
        /// Goes through all message types.
        pub(crate) fn visit_all(visitor: &mut impl Visit) {
            $($(
                let (name, values) = examples::<$type>();
                visitor.visit(stringify!($file), name, &values);
            )+)*
        }
    };
}

shapes! {
    input: Input, Reply, Made;
    actor: Actor, ActorKind, Authority, Permission;
    command: Command, CommandBody, RoutabilityScope, Destination, MonitorTarget, MonitorMode, Switch, IncidentScope,
        IncidentAction;
    common: Direction, Origin, LegRef, Side, EndCause, EndKind, EntryRejection, Presence,
        ContextEntry, Language, Identity, Sink, Source;
    host: HostReport, HostEvent, Arrival, LeftMessage, LeftIn, LiveLeg, LiveState, EndedBy, HeldBy, AnsweredBy, MediaEnd, BargedBy, CollectEnd, TransferResult,
        StreamEventKind, DeliveryState, HostError;
    effect: Effect, Lane, EffectKind, HostLeg, MediaTarget, Tracks, Segment, BridgeMode, Grammar,
        Barge, ReferAnswer, AcceptMode, Alert;
    record: Record, Cause, TimerId, Event;
    shard: ShardEvent, NumberedChange, HostStateEvent, EffectEvent, EffectEnd;
    interaction: ConversationEvent, InteractionEvent, InteractionOpened, ParticipantRole, LegEvent,
        LegPurpose;
    request: RequestEvent, RequestOpened, RequestCause, Target, Outcome, AbandonPhase,
        FlowOutReason, LostCause, IncidentArea, QueueEvent, Estimate, EstimateMethod;
    offer: OfferEvent, OfferMade, Choice, ChosenBy, OfferEnd, EngagementEvent, EngagementRole, Phase,
        EngagementEnd;
    transfer: TransferEvent, TransferKind, TransferFailure, ConsultEvent, ConsultEnd, ConferenceEvent,
        Party;
    supervision: MonitorEvent, Watched, Heard, MonitorEnd;
    outbound: DialEvent, DialEnd;
    oncall: OnCallEvent, OnCallEnd;
    voicemail: Mailbox, VoicemailEvent;
    agent: AgentEvent, RoutableOn, PendingPresence, SignOutCause, StrikeKind, Activity;
    written: MessageEvent, RecordingEvent;
    callback: CallbackEvent, CallbackQuestion;
    fact: FactBatch, Fact, FactBody, NumberedFacts, NumberedFact, NumberedFactBody;
    personal: Personal<String>, CustomerRef;
    rejection: Rejection, RejectionReason;
    model: model::Change, model::Channel, model::SiteKind, model::Shore, model::ReasonClass,
        model::EntryTarget, model::Weekday, model::Media, model::HandOver, model::AgentOrder, model::AgentGroups, model::Told, model::GroupBy, model::AcrossQueues, model::CostGrowth,
        model::Flowout, model::AtClose, model::NoAgents, model::Guard, model::StepMode, model::PreferredWhile, model::WrapUpMode, model::Role,
        model::Station, model::OrderPolicy, model::AlreadyWaiting, model::RecordingMode, model::OnDuty,
        model::LastResort, model::VoicemailDelivery, model::Coverage, model::Ringing,
        model::OthersRing, model::CalledFirst;
}

/// Every enum that stands somewhere in a message, with its variants.
pub(crate) fn reachable() -> BTreeMap<&'static str, &'static [&'static str]> {
    let mut found = BTreeMap::new();
    // The parts first: they are not gone through again in what holds them.
    explore::<model::Change>(&mut found);
    explore::<CommandBody>(&mut found);
    explore::<HostEvent>(&mut found);
    explore::<EffectKind>(&mut found);
    explore::<RequestEvent>(&mut found);
    explore::<Record>(&mut found);
    explore::<Input>(&mut found);
    explore::<Reply>(&mut found);
    explore::<Rejection>(&mut found);
    found
}
