//! Who is there to serve, counted by signature: a queue without staff is known without looking at its agents.

use crate::id::{AgentId, QueueId};
use crate::model::NoAgents;

use super::relaxing::Steps;
use super::{AgentState, State};

/// What counts of an agent.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct There {
    signed_in: bool,
    routable: bool,
    /// Routable, with a phone.
    with_phone: bool,
}

/// Agents who are there, and how many of each signature.
#[derive(Clone, Default)]
pub(crate) struct Staff {
    /// By number of the agent, with the signature that the agent is counted under.
    agents: Vec<(There, Option<u32>)>,
    /// By signature: signed in, routable, with a phone.
    counts: Vec<[u32; 3]>,
}

impl Staff {
    /// Notes what counts of the agent now; whether that is another thing than before.
    pub(super) fn set(&mut self, agent: AgentId, there: There, signature: Option<u32>) -> bool {
        if self.agents.len() <= agent.index() {
            self.agents.resize(agent.index() + 1, (There::default(), None));
        }
        let Some(entry) = self.agents.get_mut(agent.index()) else { return false };
        let before = std::mem::replace(entry, (there, signature));
        self.count(before, u32::wrapping_sub);
        self.count((there, signature), u32::wrapping_add);
        before.0 != there
    }

    fn count(&mut self, (there, signature): (There, Option<u32>), change: fn(u32, u32) -> u32) {
        let Some(signature) = signature.map(|number| number as usize) else { return };
        if self.counts.len() <= signature {
            self.counts.resize(signature + 1, [0; 3]);
        }
        let Some(counts) = self.counts.get_mut(signature) else { return };
        let There { signed_in, routable, with_phone } = there;
        for (count, counts_here) in counts.iter_mut().zip([signed_in, routable, with_phone]) {
            *count = change(*count, u32::from(counts_here));
        }
    }

    /// How many of the signature are routable; where they need a phone, with one.
    pub(super) fn routable(&self, signature: usize, phone: bool) -> u32 {
        let [_, routable, with_phone] = self.counts.get(signature).copied().unwrap_or_default();
        if phone { with_phone } else { routable }
    }

    /// Signatures of which somebody is there.
    fn signatures(&self, rule: NoAgents, phone: bool) -> impl Iterator<Item = u32> + '_ {
        let which = match (rule, phone) {
            (NoAgents::NoneSignedIn, _) => 0,
            (NoAgents::NoneRoutable, false) => 1,
            (NoAgents::NoneRoutable, true) => 2,
        };
        let there = move |counts: &[u32; 3]| counts.get(which).is_some_and(|count| *count > 0);
        let numbered = (0..).zip(&self.counts);
        numbered.filter(move |(_, counts)| there(counts)).map(|(number, _)| number)
    }
}

impl State {
    /// What counts of the agent.
    pub(super) fn there(&self, agent: &AgentState) -> There {
        let routable = self.is_routable(agent);
        let phone = agent.session.as_ref().is_some_and(super::Session::has_media);
        There { signed_in: agent.session.is_some(), routable, with_phone: routable && phone }
    }

    /// Whether anybody is there who may serve the queue's requests under these steps; where they need a phone, with
    /// one.
    pub(crate) fn is_served(
        &self,
        (queue, steps): (QueueId, Steps),
        rule: NoAgents,
        phone: bool,
    ) -> bool {
        let admitted = |signature| self.config.admits_signature(queue, steps, signature);
        let by_signature = self.staff.signatures(rule, phone).any(admitted);
        let declined = rule == NoAgents::NoneRoutable
            && self.declined.iter().any(|(_, declined)| *declined == queue);
        if !by_signature || !declined {
            return by_signature;
        }
        // Somebody takes nothing of this queue: it may be everybody who is there.
        self.agents.iter().any(|agent| {
            let there = self.there(agent);
            (if phone { there.with_phone } else { there.routable })
                && self.takes_from(agent.id, queue)
                && self.config.admits(queue, steps, agent.id)
        })
    }
}
