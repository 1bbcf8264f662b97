//! One call, followed: its timeline, what the engine says while it waits, its contact record.

use std::fmt::Write as _;

use switchboard::kpi::{ContactRecord, ContactRecords};
use switchboard::message::{Event, InteractionEvent, Record, RequestEvent};
use switchboard::{Engine, Question};

use crate::pbx::caller_name;

/// Follows the call of one number.
pub(crate) struct Trace {
    call: u64,
    /// Debug forms of the ids that belong to it.
    ids: Vec<String>,
    timeline: String,
    explanation: Option<String>,
    contacts: ContactRecords,
    contact: Option<ContactRecord>,
    interaction: Option<switchboard::id::InteractionId>,
}

impl Trace {
    pub(crate) fn new(call: u64) -> Self {
        Self {
            call,
            ids: Vec::new(),
            timeline: String::new(),
            explanation: None,
            contacts: ContactRecords::new(),
            contact: None,
            interaction: None,
        }
    }

    pub(crate) fn follow(&mut self, record: &Record, engine: &Engine) {
        self.contacts.apply(record);
        for contact in self.contacts.take_closed() {
            if Some(contact.interaction) == self.interaction {
                self.contact = Some(contact);
            }
        }
        let mut waits = None;
        for (at, event) in record.timed_events() {
            self.learn(event);
            let text = format!("{event:?}");
            if self.ids.iter().any(|id| text.contains(id.as_str())) {
                let _ = writeln!(self.timeline, "{at}  {text}");
                if let Event::Request(RequestEvent::Opened(opened)) = event {
                    waits = Some(opened.id);
                }
            }
        }
        // As the engine sees it right after the decision: somebody who was offered at once is with
        // an agent already.
        if let Some(explanation) = waits.and_then(|id| engine.explain(Question::Request(id))) {
            self.explanation = Some(explanation.to_string());
        }
    }

    /// Notes the ids of what belongs to the call.
    fn learn(&mut self, event: &Event) {
        if let Event::Interaction(InteractionEvent::Opened(opened)) = event
            && opened.external.as_ref() == Some(&caller_name(self.call))
        {
            self.interaction = Some(opened.id);
            self.ids.push(format!("{:?}", opened.id));
            self.ids.push(format!("{:?}", opened.leg));
        }
        let text = format!("{event:?}");
        let ours = self.ids.iter().any(|id| text.contains(id.as_str()));
        match event {
            Event::Request(RequestEvent::Opened(opened)) if ours => {
                self.ids.push(format!("{:?}", opened.id));
            }
            Event::Offer(switchboard::message::OfferEvent::Made(made)) if ours => {
                self.ids.push(format!("{:?}", made.id));
            }
            Event::Engagement(switchboard::message::EngagementEvent::Opened { id, .. }) if ours => {
                self.ids.push(format!("{id:?}"));
            }
            _ => {}
        }
    }

    /// Everything about the call, for people.
    pub(crate) fn text(&self) -> String {
        if self.interaction.is_none() {
            return format!("call {} did not come in\n", self.call);
        }
        let mut text = format!("call {}: timeline\n{}", self.call, self.timeline);
        if let Some(explanation) = &self.explanation {
            let _ = write!(text, "\nwhen it last began to wait\n{explanation}");
        }
        match &self.contact {
            Some(contact) => {
                let _ = writeln!(text, "\ncontact record\n{contact:#?}");
            }
            None => text.push_str("\nno contact record: it was not closed by the end of the day\n"),
        }
        text
    }
}
