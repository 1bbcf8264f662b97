//! The agent for a request.
//!
//! Which signatures serve which queue is known beforehand (`state/signature.rs`), so heads of lines alone are
//! compared (`state/index.rs`): a choice costs as much as there are signatures, however many agents are idle; and less
//! where nearly everybody has a signature alone, see `Search::longest_idle`. What concerns one pair alone, exclusions
//! and named agents, is looked at in the order of the line until somebody fits.

use std::cmp::Reverse;

use smallvec::SmallVec;

use super::choice::choice;
use super::refusal::{host_is_up, is_matched_elsewhere, may_take};
use super::reserve::{Pools, is_kept, is_of, reserved};
use crate::id::{AgentId, RequestId};
use crate::message::{Choice, Target};
use crate::state::{
    Bits, IdleKey, Line, QueuePlan, RankedKey, Ranking, Request, Shelf, State, Turns, fingerprint,
};
use crate::time::Timestamp;

/// How many runners-up a choice names.
const RUNNERS_UP: usize = 3;

/// From so many lines on, all who are free are tried in one.
const MANY_LINES: usize = 4;

/// The few that go first.
pub(crate) type First<T> = SmallVec<[T; RUNNERS_UP + 1]>;

/// The agent who should get the waiting request, if one is free.
pub(crate) fn best_agent(
    state: &State,
    now: Timestamp,
    id: RequestId,
) -> Option<(AgentId, Choice)> {
    let request = state.request(id)?;
    let held = is_matched_elsewhere(state, request)
        || !host_is_up(state, request)
        || state.is_stale(id)
        || state.awaits_customer(request);
    if !state.wants_agents(request) || held {
        return None;
    }
    match &request.target {
        Target::Agents(named) | Target::Preferred(named) => {
            let chosen = first_named(state, request, named)?;
            Some((chosen, choice((state, now), request, chosen, (1, SmallVec::new()))))
        }
        Target::Claim => None,
        Target::Queue | Target::Requirement(_) => {
            let mut lines = 0;
            let first = candidates((state, now), request, RUNNERS_UP + 1, &mut lines);
            let (chosen, runners_up) = first.split_first()?;
            Some((*chosen, choice((state, now), request, *chosen, (lines, runners_up.into()))))
        }
    }
}

/// The agent who should get a request that nothing holds back, and no more about it; the request need not have come.
pub(crate) fn agent_for(state: &State, now: Timestamp, request: &Request) -> Option<AgentId> {
    match &request.target {
        Target::Agents(named) | Target::Preferred(named) => first_named(state, request, named),
        Target::Claim => None,
        Target::Queue | Target::Requirement(_) => {
            candidates((state, now), request, 1, &mut 0).first().copied()
        }
    }
}

/// The first of the agents who are free for the request, in the order of its queue; counts the lines looked at.
pub(crate) fn candidates(
    (state, now): (&State, Timestamp),
    request: &Request,
    wanted: usize,
    lines: &mut u32,
) -> First<AgentId> {
    let mut first = First::new();
    let Some(plan) = state.config.queue(request.queue) else { return first };
    let tiers = state.config.classes.tiers(request.queue, state.in_force(request));
    let tiers = tiers.unwrap_or_default();
    let reserved = reserved(state, plan, request.channel);
    let search = Search { state, now, request, plan, reserved };
    for tier in search.turns(tiers).into_iter().filter_map(|turn| tiers.get(turn)) {
        if first.len() < wanted {
            first.extend(search.tier(tier, wanted - first.len(), lines));
        }
    }
    first
}

/// Whether somebody is free for requests like this one, whatever stands between the two.
pub(crate) fn anybody(state: &State, request: &Request) -> bool {
    let Some(plan) = state.config.queue(request.queue) else { return false };
    let tiers = state.config.classes.tiers(request.queue, state.in_force(request));
    let reserved = reserved(state, plan, request.channel);
    let mut found = false;
    for tier in tiers.unwrap_or_default() {
        state.index.idle.each(tier, |signature, line| {
            let kept = state.nobody_declines() && is_of(&reserved, signature);
            found |= line.admits(request.channel) && !kept;
        });
    }
    found
}

/// What a search for agents goes by.
struct Search<'s> {
    state: &'s State,
    now: Timestamp,
    request: &'s Request,
    plan: &'s QueuePlan,
    /// Agents who may not be taken, for they are kept for others.
    reserved: Pools<'s>,
}

impl Search<'_> {
    /// In which turn the tiers are asked; agents of other queues come last.
    fn turns(&self, tiers: &[Bits]) -> SmallVec<[usize; 4]> {
        let own = self.plan.tiers().min(tiers.len());
        let mut turns: SmallVec<[usize; 4]> = (0..tiers.len()).collect();
        let weights: SmallVec<[i64; 4]> = match &self.plan.turns {
            Turns::InOrder => return turns,
            Turns::Allocation(_) => match self.state.allocated(self.request.queue) {
                Some(allocated) => allocated.next().collect(),
                None => return turns,
            },
            Turns::IdlenessRatio(shares) => {
                let idle = |tier: &Bits| i64::try_from(self.idle(tier)).unwrap_or(i64::MAX);
                let here: SmallVec<[i64; 4]> = tiers.iter().take(own).map(idle).collect();
                let (idle, all): (i64, i64) =
                    (here.iter().sum(), shares.iter().map(|share| i64::from(*share)).sum());
                here.iter().zip(shares).map(|(here, v)| here * all - i64::from(*v) * idle).collect()
            }
        };
        let owed = |turn: &usize| weights.get(*turn).copied().unwrap_or_default();
        if let Some(own) = turns.get_mut(..own) {
            own.sort_by_key(|turn| (Reverse(owed(turn)), *turn));
        }
        turns
    }

    /// How many of the tier are free on the channel.
    fn idle(&self, tier: &Bits) -> usize {
        let mut idle = 0;
        self.state.index.idle.each(tier, |_, line| {
            if line.admits(self.request.channel) {
                idle += line.len();
            }
        });
        idle
    }

    /// Whether a line of the signature holds nobody who may be taken, for all are kept for others.
    fn skips(&self, signature: usize) -> bool {
        self.state.nobody_declines() && is_of(&self.reserved, signature)
    }

    fn fits(&self, agent: AgentId) -> bool {
        may_take(self.state, self.request, agent) && !is_kept(self.state, &self.reserved, agent)
    }

    /// The first of a tier, in the queue's order.
    fn tier(&self, tier: &Bits, wanted: usize, lines: &mut u32) -> First<AgentId> {
        let index = &self.state.index;
        let idle = |key: &IdleKey| key.1;
        let grade = |signature: usize, grade: usize| {
            let number = u32::try_from(signature).unwrap_or(u32::MAX);
            self.state.config.signatures.grade(number, grade)
        };
        match self.plan.ranking {
            Ranking::Idle => self.longest_idle((tier, wanted, lines)),
            Ranking::WeightedIdle(weight) => {
                let product = |signature, key: &IdleKey| {
                    let idle = i128::from(self.now.since(key.0.at).as_micros());
                    Reverse(i128::from(grade(signature, weight)) * idle)
                };
                self.firsts(&index.idle, (tier, wanted, lines), idle, product)
            }
            Ranking::LeastSkilled(number) | Ranking::Fixed(number) => {
                let lowest = |signature, _: &IdleKey| grade(signature, number);
                self.firsts(&index.idle, (tier, wanted, lines), idle, lowest)
            }
            Ranking::MostSkilled(number) => {
                let highest = |signature, _: &IdleKey| Reverse(grade(signature, number));
                self.firsts(&index.idle, (tier, wanted, lines), idle, highest)
            }
            Ranking::Kept(kept) => match self.state.ranked.shelf(kept) {
                Some(shelf) => {
                    let agent = |key: &RankedKey| key.1.1;
                    self.firsts(shelf, (tier, wanted, lines), agent, |_, key| key.0)
                }
                None => First::new(),
            },
            Ranking::Random(weight) => {
                self.by_chance((tier, wanted, lines), |signature| grade(signature, weight))
            }
            Ranking::Scored(_) => self.by_score((tier, wanted, lines)),
        }
    }

    /// The longest idle. Where few are alike there are nearly as many lines as agents, and whoever may serve the
    /// request is found sooner among all in the order of their idleness.
    ///
    /// With `n` lines, of which the part `p` may serve, that takes about `8 / p` looks along one line for those wanted,
    /// against `p * n` looks at heads all over the memory, each of which costs as much as eight. The two meet at the
    /// root of `64 * n` looks. Nothing is known of `p`, so it is tried for so many, and in vain costs no more than the
    /// heads would.
    fn longest_idle(&self, (tier, wanted, lines): (&Bits, usize, &mut u32)) -> First<AgentId> {
        let index = &self.state.index;
        let occupied = index.idle.occupied();
        let mut first = First::new();
        if occupied >= MANY_LINES {
            let most = (64 * occupied).isqrt();
            let mut everybody = index.everybody();
            for looks in 1..=most {
                let found = match everybody.next() {
                    Some((agent, free)) => {
                        let signature = free.signature as usize;
                        if free.admits(self.request.channel)
                            && tier.contains(signature)
                            && !self.skips(signature)
                            && self.fits(agent)
                        {
                            first.push(agent);
                        }
                        first.len() == wanted
                    }
                    None => true,
                };
                if found {
                    *lines += u32::try_from(looks).unwrap_or(u32::MAX);
                    return first;
                }
            }
        }
        let idle = |key: &IdleKey| key.1;
        self.firsts(&index.idle, (tier, wanted, lines), idle, |_, _| ())
    }

    /// The first over all lines of the tier, by a rank that is never less than that of the head of the line.
    fn firsts<K: Copy + Ord, R: Copy + Ord>(
        &self,
        shelf: &Shelf<u16, K>,
        (tier, wanted, lines): (&Bits, usize, &mut u32),
        agent: impl Fn(&K) -> AgentId,
        rank: impl Fn(usize, &K) -> R,
    ) -> First<AgentId> {
        let unscored = |agent| match self.plan.ranking {
            Ranking::Scored(_) => self.state.scores.of(self.request.queue, agent).is_none(),
            _ => true,
        };
        let fits = |key: &K| unscored(agent(key)) && self.fits(agent(key));
        // Nobody stands before the head of a line: only the lines with the first heads matter.
        let mut heads: First<(_, (usize, &Line<u16, K>))> = First::new();
        shelf.each(tier, |signature, line| {
            if !line.admits(self.request.channel) || self.skips(signature) {
                return;
            }
            *lines += 1;
            let ranked = |key: K| (rank(signature, &key), key);
            let last = heads.last().map(|(last, _)| *last);
            if heads.len() == wanted && last.is_some_and(|last| last <= ranked(line.head)) {
                return;
            }
            let head = if fits(&line.head) { Some(line.head) } else { line.keys().find(&fits) };
            if let Some(head) = head {
                keep_first(&mut heads, (ranked(head), (signature, line)), wanted, |(key, _)| *key);
            }
        });
        let mut first: First<(R, K)> = First::new();
        for (_, (signature, line)) in heads {
            for key in line.keys().filter(&fits) {
                let ranked = (rank(signature, &key), key);
                if !keep_first(&mut first, ranked, wanted, |ranked| *ranked) {
                    break;
                }
            }
        }
        first.into_iter().map(|(_, key)| agent(&key)).collect()
    }

    /// One in proportion to the weights, and whoever stands behind. The same request in the same record finds the same.
    fn by_chance(
        &self,
        (tier, wanted, lines): (&Bits, usize, &mut u32),
        weight: impl Fn(usize) -> u32,
    ) -> First<AgentId> {
        let mut there: SmallVec<[(u64, &Line<u16, IdleKey>); 4]> = SmallVec::new();
        self.state.index.idle.each(tier, |signature, line| {
            if line.admits(self.request.channel) && !self.skips(signature) {
                *lines += 1;
                there.push((u64::from(weight(signature)), line));
            }
        });
        // Lines have no order of their own that would be the same after a restart.
        there.sort_by_key(|(_, line)| line.head);
        let all: u64 = there.iter().map(|(weight, line)| weight * line.len() as u64).sum();
        let seed = (self.state.seed, self.state.seq, self.request.id);
        let mut left = fingerprint(&seed).checked_rem(all).unwrap_or_default();
        let mut skip = 0;
        for (weight, line) in &there {
            let here = weight * line.len() as u64;
            if left < here {
                skip += usize::try_from(left / weight).unwrap_or_default();
                break;
            }
            left -= here;
            skip += line.len();
        }
        // Who does not fit is passed over, from the drawn one on and around.
        let all = || there.iter().flat_map(|(_, line)| line.keys());
        let around = all().skip(skip).chain(all().take(skip));
        around.map(|(_, agent)| agent).filter(|agent| self.fits(*agent)).take(wanted).collect()
    }

    /// The highest scores, then those without one.
    fn by_score(&self, (tier, wanted, lines): (&Bits, usize, &mut u32)) -> First<AgentId> {
        let (state, queue) = (self.state, self.request.queue);
        let free = |agent: &AgentId| {
            state.index.free(*agent).is_some_and(|free| {
                let signature = free.signature as usize;
                free.admits(self.request.channel)
                    && tier.contains(signature)
                    && !self.skips(signature)
            }) && self.fits(*agent)
        };
        let mut first: First<AgentId> =
            state.scores.free(queue).filter(free).take(wanted).collect();
        if first.len() < wanted {
            let idle = |key: &IdleKey| key.1;
            let most = wanted - first.len();
            first.extend(self.firsts(&state.index.idle, (tier, most, lines), idle, |_, _| ()));
        }
        first
    }
}

/// Keeps the item in its order if it is one of the `most` first; whether it is.
fn keep_first<T, K: Ord>(
    first: &mut First<T>,
    item: T,
    most: usize,
    key: impl Fn(&T) -> K,
) -> bool {
    let place = first.iter().rposition(|other| key(other) <= key(&item)).map_or(0, |last| last + 1);
    if place == most {
        return false;
    }
    first.truncate(most - 1);
    first.insert(place, item);
    true
}

/// The first of the agents who alone are wanted: the highest score where the queue chooses by it, then the longest
/// idle. What the queue asks of agents does not matter.
fn first_named(state: &State, request: &Request, named: &[AgentId]) -> Option<AgentId> {
    let plan = state.config.queue(request.queue);
    let scored = plan.is_some_and(|plan| matches!(plan.ranking, Ranking::Scored(_)));
    let free = |agent: &AgentId| {
        let free = state.index.free(*agent)?;
        let fits = free.admits(request.channel) && may_take(state, request, *agent);
        let score = state.scores.of(request.queue, *agent).filter(|_| scored);
        fits.then_some((Reverse(score), free.idle_since, *agent))
    };
    named.iter().filter_map(free).min().map(|(.., chosen)| chosen)
}
