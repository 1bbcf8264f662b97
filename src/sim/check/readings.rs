//! Readings agree with the state: every decision explains itself (promise 5), and the key figures,
//! folded from the same records, count the same requests (promise 7).

use std::collections::{BTreeMap, BTreeSet};

use super::{Broken, broken};
use crate::engine::{Engine, Explanation, Question, Verdict};
use crate::id::RequestId;
use crate::kpi::{Figures, Kpis, Options};
use crate::message::{Event, Record, RequestEvent};
use crate::model::Kind;
use crate::state::{Request, RequestState, State};
use crate::time::Duration;

/// The figures so far.
pub(super) struct Readings {
    kpis: Kpis,
    /// Requests that do not count as offered.
    uncounted: BTreeSet<RequestId>,
}

impl Default for Readings {
    fn default() -> Self {
        // One interval, so that a report costs the same whenever it is made.
        let kpis = Kpis::new(Options::default().interval(Duration::ZERO));
        Self { kpis, uncounted: BTreeSet::new() }
    }
}

impl Readings {
    pub(super) fn follow(&mut self, record: &Record) {
        self.kpis.apply(record);
        for event in &record.events {
            match event {
                Event::Request(RequestEvent::Opened(opened)) if !opened.counts_as_offered => {
                    self.uncounted.insert(opened.id);
                }
                Event::Request(RequestEvent::Ended { id, .. }) => {
                    self.uncounted.remove(id);
                }
                _ => {}
            }
        }
    }

    pub(super) fn check(&self, engine: &Engine) -> Result<(), Broken> {
        let state = engine.state();
        self.figures(state)?;
        state.requests.iter().try_for_each(|request| explained(engine, request))?;
        // What a rota is at work for is explained too.
        let unexplained = |id: &&RequestId| {
            engine.explain(Question::Request(**id)).is_none_or(|it| it.on_call.is_none())
        };
        match state.on_calls.keys().find(unexplained) {
            Some(id) => broken(format!("nothing explains the rota for {id:?}")),
            None => Ok(()),
        }
    }

    /// By queue, by channel and in total: offered is the sum of the outcomes and of those who wait, and those who
    /// wait are the requests that are there.
    fn figures(&self, state: &State) -> Result<(), Broken> {
        let report = self.kpis.report(state.at + state.wall_offset);
        let mut there: BTreeMap<String, u64> = BTreeMap::new();
        let mut on: BTreeMap<&str, u64> = BTreeMap::new();
        let counted = state.requests.iter().filter(|request| {
            state.interaction(request.interaction).is_some_and(|interaction| !interaction.test)
                && !self.uncounted.contains(&request.id)
        });
        for request in counted {
            let queue = state.config.numbers.key(Kind::Queue, request.queue.0);
            let queue = queue.map_or_else(|| format!("{:?}", request.queue), ToString::to_string);
            *there.entry(queue).or_default() += 1;
            *on.entry(request.channel.as_str()).or_default() += 1;
        }
        identity("in total", &report.total, there.values().sum())?;
        if let Some(queue) = there.keys().find(|queue| !report.queues.contains_key(*queue)) {
            return broken(format!("requests wait in {queue}, which has no figures"));
        }
        if let Some(channel) = on.keys().find(|channel| !report.channels.contains_key(**channel)) {
            return broken(format!("requests wait on {channel}, which has no figures"));
        }
        for (channel, figures) in &report.channels {
            identity(channel, figures, on.get(channel.as_str()).copied().unwrap_or(0))?;
        }
        report.queues.iter().try_for_each(|(queue, figures)| {
            identity(queue, figures, there.get(queue).copied().unwrap_or(0))
        })
    }
}

/// offered = answered + abandoned + flowed out + withdrawn + lost + waiting
///
/// # Errors
/// Both sides, if they differ, or if others wait than are there.
pub(in crate::sim) fn identity(of: &str, figures: &Figures, waiting: u64) -> Result<(), Broken> {
    let ended = figures.answered
        + figures.abandoned
        + figures.flowed_out
        + figures.withdrawn
        + figures.lost;
    if figures.offered != ended + figures.waiting {
        return broken(format!("{of}: offered and outcomes differ: {figures:?}"));
    }
    if figures.waiting != waiting {
        return broken(format!("{of}: {} wait by the figures, {waiting} do", figures.waiting));
    }
    Ok(())
}

/// The explanation names everybody, says of nobody that he is free while the request waits, and says
/// with whom it is otherwise.
fn explained(engine: &Engine, request: &Request) -> Result<(), Broken> {
    let state = engine.state();
    let Some(explanation) = engine.explain(Question::Request(request.id)) else {
        return broken(format!("nothing explains {:?}", request.id));
    };
    let Explanation { agents, not_capable, offered_to, also_offered_to, position, .. } =
        &explanation;
    let configured = state.config.center.agents.len();
    if agents.len() + *not_capable as usize != configured {
        return broken(format!("{:?} is explained by some of {configured} agents", request.id));
    }
    let with = match request.state {
        RequestState::Waiting => None,
        RequestState::Offered(offer) => state
            .offer(offer)
            .and_then(|offer| state.config.numbers.key(Kind::Agent, offer.agent.0)),
    };
    let free = agents.iter().find(|agent| agent.verdict == Verdict::Free);
    if offered_to.as_ref() != with || *position == 0 {
        return broken(format!("{:?} is with {with:?}, explained: {explanation}", request.id));
    }
    let others = state.offers_of(request.id).len().saturating_sub(1);
    if also_offered_to.len() != others {
        return broken(format!(
            "{:?} rings {others} besides, explained: {explanation}",
            request.id
        ));
    }
    match free.filter(|_| state.wants_agents(request)) {
        Some(free) => broken(format!("{:?} waits and {} is free", request.id, free.agent)),
        None => Ok(()),
    }
}
