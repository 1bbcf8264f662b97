//! One call, followed: its timeline, what the engine says while it waits, its contact record.

use std::fmt::Write as _;

use switchboard::kpi::{ContactRecord, ContactRecords};
use switchboard::message::{Event, InteractionEvent, OfferEvent, OfferMade, Record, RequestEvent};
use switchboard::{Engine, Question};

use crate::floor::{View, event_line, runners_up};
use crate::pbx::caller_name;

/// Follows the call of one number.
pub(crate) struct Trace {
    call: u64,
    /// What all records so far say.
    view: View,
    /// Debug forms of the ids that belong to it.
    ids: Vec<String>,
    timeline: String,
    /// What the engine said at each decision about it.
    explanations: String,
    contacts: ContactRecords,
    contact: Option<ContactRecord>,
    interaction: Option<switchboard::id::InteractionId>,
}

impl Trace {
    pub(crate) fn new(call: u64) -> Self {
        Self {
            call,
            view: View::default(),
            ids: Vec::new(),
            timeline: String::new(),
            explanations: String::new(),
            contacts: ContactRecords::new(),
            contact: None,
            interaction: None,
        }
    }

    pub(crate) fn follow(&mut self, record: &Record, engine: &Engine) {
        self.view.apply(record);
        let mut asked = None;
        for (at, event) in record.timed_events() {
            self.learn(event);
            let text = format!("{event:?}");
            if !self.ids.iter().any(|id| text.contains(id.as_str())) {
                continue;
            }
            if let Some(line) = event_line(&self.view, event) {
                let _ = writeln!(self.timeline, "{at}  {line}");
            }
            match event {
                Event::Request(RequestEvent::Opened(opened)) => {
                    asked = Some((at, opened.id, "when it began to wait".to_owned()));
                }
                Event::Offer(OfferEvent::Made(made)) => {
                    asked = Some((at, made.request, why(&self.view, made)));
                }
                _ => {}
            }
        }
        // As the engine sees it right after the decision, whoever was offered at once included.
        if let Some((at, request, title)) = asked
            && let Some(explanation) = engine.explain(Question::Request(request))
        {
            let _ = write!(self.explanations, "\n{at}  {title}\n{explanation}");
        }
        // Last: what a record opens and closes again is known by now.
        self.contacts.apply(record);
        for contact in self.contacts.take_closed() {
            if Some(contact.interaction) == self.interaction {
                self.contact = Some(contact);
            }
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
        text.push_str(&self.explanations);
        match &self.contact {
            Some(contact) => {
                let _ = writeln!(text, "\ncontact record\n{contact:#?}");
            }
            None => text.push_str("\nno contact record: it was not closed by the end of the day\n"),
        }
        text
    }
}

/// Why this agent, as the record of the decision says.
fn why(view: &View, made: &OfferMade) -> String {
    let (agent, since) = (view.agent(made.agent), made.choice.idle_since);
    format!("offered to {agent}, idle since {since} ({})", runners_up(&view.names, made))
}
