//! The rules of the engine, by area: each test is named after what it holds.
//!
//! One binary, since all of them drive an engine through the same [`support::Bench`].

#[path = "../support/mod.rs"]
mod support;

mod agents_at_work;
mod call_back;
mod callbacks;
mod clock;
mod closing;
mod consults;
mod contact_records;
mod coverage;
mod customer_facts;
mod elsewhere;
mod estimates;
mod exclusion;
mod failures;
mod failures_offers;
mod giving_back;
mod hosts_and_legs;
mod incidents;
mod internal;
mod lanes;
mod leaving;
mod misses;
mod on_call;
mod order;
mod outbound;
mod own_mailbox;
mod permissions;
mod preferred;
mod queue_life;
mod queue_rules;
mod recording;
mod refers;
mod relaxation;
mod reports;
mod requirements;
mod ringing;
mod routability;
mod selection;
mod shifts;
mod supervision;
mod transfers;
mod urgent;
mod voice_call;
mod voicemail;
mod wrap_up;
mod written;
