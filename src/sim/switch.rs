//! The seam between chance and decision: a workload says what callers and the staffing plan do, a
//! switch decides who serves whom.

use super::model::Outcome;

/// A call of the simulation. Slots are used again, serial numbers never within a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallId {
    /// A small number that no other call in the system has.
    pub slot: u32,
    /// The number of the call in the order of arrival, from 0 in each day.
    pub serial: u64,
}

/// What the switch has decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The phone of an agent of the group rings for the call, which waits on.
    Offered {
        /// The call.
        call: CallId,
        /// The group, by its place in the model.
        group: usize,
    },
    /// That agent did not answer and takes no calls for a while; the call is back at its place.
    Unanswered {
        /// The call.
        call: CallId,
        /// The group.
        group: usize,
    },
    /// An agent of the group serves the call from now on.
    Served {
        /// The call.
        call: CallId,
        /// The group, by its place in the model.
        group: usize,
    },
    /// The call is gone without service.
    Left {
        /// The call.
        call: CallId,
        /// How.
        outcome: Outcome,
    },
}

/// Why a switch cannot go on: a fault of the switch or of its input, told in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SwitchError(pub String);

/// What a call to a switch gives: nothing but the news it adds.
pub type Switched = Result<(), SwitchError>;

/// Decides who serves whom. Types and groups are given by their places in the model, times in model
/// time of the day, never decreasing. Calls are told of once when they are served or leave, also when
/// they leave by [`Switch::abandon`] or [`Switch::expire`].
pub trait Switch {
    /// Begins a day: nobody calls, nobody works, the center is open.
    ///
    /// # Errors
    /// If the switch cannot begin.
    fn begin(&mut self) -> Switched;

    /// A call comes in.
    ///
    /// # Errors
    /// If the switch fails.
    fn arrive(&mut self, at: f64, call: CallId, kind: usize, news: &mut Vec<News>) -> Switched;

    /// A waiting caller gives up.
    ///
    /// # Errors
    /// If the switch fails or does not know the call as waiting.
    fn abandon(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched;

    /// A waiting call has reached the longest wait of its type.
    ///
    /// # Errors
    /// If the switch fails or does not let the call go.
    fn expire(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched;

    /// The service of a call ends. Where the group works on after calls, the agent is free after
    /// [`Switch::wrapped_up`], else now.
    ///
    /// # Errors
    /// If the switch fails or does not know the call as being served.
    fn finish(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched;

    /// An agent answers the phone that rings for the call.
    ///
    /// # Errors
    /// If the switch fails or no phone rings for the call.
    fn answer(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched;

    /// The phone that rings for the call has rung for as long as it may.
    ///
    /// # Errors
    /// If the switch fails or no phone rings for the call.
    fn no_answer(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched;

    /// The agent of the group who was the first to leave a phone unanswered, of those who still stay
    /// away for that, takes calls again.
    ///
    /// # Errors
    /// If the switch fails or there is no such agent.
    fn back(&mut self, at: f64, group: usize, news: &mut Vec<News>) -> Switched;

    /// The agent of the group has finished the work after the call, which had ended before.
    ///
    /// # Errors
    /// If the switch fails or there is no such work.
    fn wrapped_up(&mut self, at: f64, call: CallId, group: usize, news: &mut Vec<News>)
    -> Switched;

    /// From now on so many agents of a group are at work; those who are too many leave as they finish.
    ///
    /// # Errors
    /// If the switch fails.
    fn staff(&mut self, at: f64, group: usize, agents: u32, news: &mut Vec<News>) -> Switched;

    /// The center opens or closes.
    ///
    /// # Errors
    /// If the switch fails.
    fn set_open(&mut self, at: f64, open: bool, news: &mut Vec<News>) -> Switched;

    /// The day is over; nothing more comes of it.
    ///
    /// # Errors
    /// If the switch finds fault with the day.
    fn end(&mut self) -> Switched {
        Ok(())
    }

    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// How many inputs it has taken in so far, for measurements of speed.
    fn inputs(&self) -> u64;
}
