//! What the engine would have done, beside what was done.

use super::{Call, Decision, Finding, Judged, Shadow, Stage, Wanted};
use crate::engine::{Explanation, Question, Verdict};
use crate::id::{Key, RequestId};
use crate::time::{Duration, Timestamp};

impl Shadow {
    /// Looks at what the engine would offer now. What it would have offered before stays, since by now that would ring,
    /// until request or agent cannot be had any more.
    pub(super) fn look(&mut self) {
        if self.looked.replace(self.engine.seq()) == Some(self.engine.seq()) {
            return;
        }
        let standing: Vec<_> = self.wanted.iter().map(|wanted| wanted.wish.clone()).collect();
        let wishes = self.engine.would_offer(&standing);
        let is_new = |wish: &&_| !standing.contains(*wish);
        let mut whys = Vec::new();
        if wishes.iter().any(|wish| is_new(&wish)) {
            whys = self.engine.explain_would_offer(&standing);
        }
        let mut whys = whys.into_iter();
        let mut before = std::mem::take(&mut self.wanted);
        for wish in wishes {
            let known = before.iter().position(|wanted| wanted.wish == wish);
            let wanted = match known {
                Some(place) => Some(before.swap_remove(place)),
                None => whys.next().map(|why| Wanted { wish, why }),
            };
            self.wanted.extend(wanted);
        }
    }

    /// Compares: the other system gave the call to the agent at `at`, as far as it says.
    pub(super) fn judge(&mut self, call: &Call, (agent, named): (&Key, &str), at: Timestamp) {
        self.look();
        let Some(course) = self.calls.get_mut(call) else { return };
        if !course.judged.insert(agent.clone()) {
            return;
        }
        let (entered, stage, request) = (course.entered, course.stage.clone(), course.request);
        let wished = std::mem::take(&mut course.wished);
        let now = self.wanted.iter().filter(|wanted| Some(wanted.wish.request) == request);
        let own: Vec<&Wanted> = now.chain(&wished).collect();
        let same = own.iter().find(|wanted| wanted.wish.agent == *agent).copied();
        let first = same.or_else(|| own.first().copied());
        let held = request.filter(|_| same.is_none()).and_then(|request| self.explain(request));
        let judged = match (stage, same) {
            (_, Some(same)) => Judged::Same { sooner: at.since(same.wish.since) },
            (Stage::Gone(..), None) if first.is_some() => Judged::OtherAgent,
            (Stage::Gone(since, outcome), None) => Judged::Gone { since, outcome },
            _ => self.judge_other(held.as_ref(), agent, first.is_some()),
        };
        let wish = first.map(|wanted| wanted.why.clone());
        let first_other = matches!(judged, Judged::OtherCallFirst { .. });
        self.find(Finding::Decision(Box::new(Decision {
            at,
            call: call.clone(),
            agent: Some(named.to_owned()),
            waited: at.since(entered).max(Duration::ZERO),
            held: held.filter(|_| wish.is_none() && !first_other),
            wish,
            judged,
            resolution: self.resolution,
        })));
    }

    /// What stands between the request and each agent, as of now: the engine's own answer is as of its last record.
    fn explain(&self, request: RequestId) -> Option<Explanation> {
        let mut held = self.engine.explain(Question::Request(request))?;
        held.waited += self.now.since(self.engine.state().at);
        Some(held)
    }

    /// How it compares where the engine would not have given the call to the agent.
    fn judge_other(&self, held: Option<&Explanation>, agent: &Key, has_wish: bool) -> Judged {
        let of_agent = held.and_then(|held| held.agents.iter().find(|row| row.agent == *agent));
        match of_agent.map(|row| row.verdict) {
            None => return Judged::MayNot { verdict: None },
            Some(Verdict::Free | Verdict::Elsewhere) => {}
            verdict => return Judged::MayNot { verdict },
        }
        if has_wish {
            return Judged::OtherAgent;
        }
        let other = self.wanted.iter().find(|wanted| wanted.wish.agent == *agent);
        let of_call = |wanted: &&Wanted| self.by_request.get(&wanted.wish.request).cloned();
        match other.and_then(|wanted| Some((of_call(&wanted)?, wanted))) {
            Some((call, wanted)) => {
                Judged::OtherCallFirst { call, wish: Box::new(wanted.why.clone()) }
            }
            None => Judged::NoWish,
        }
    }

    /// Compares: the other system sent the call away. Who would have left within the resolution anyway left likewise.
    pub(super) fn judge_left(&mut self, call: &Call, why: &str) {
        let Some(course) = self.calls.get(call) else { return };
        let Some(request) = course.request else { return };
        let Some(held) = self.explain(request) else { return };
        if held.wait_until.is_some_and(|until| until <= self.now + self.resolution) {
            return;
        }
        self.find(Finding::Decision(Box::new(Decision {
            at: self.now,
            call: call.clone(),
            agent: None,
            waited: self.now.since(course.entered),
            judged: Judged::SentAway { why: why.to_owned() },
            wish: None,
            held: Some(held),
            resolution: self.resolution,
        })));
    }
}
