//! Random valid centers.
//!
//! Keys come from small pools, so that two centers share many of them and a diff has something to
//! do. References are drawn as numbers and resolved within the center; chains follow a random
//! ranking of the keys, so that they end, and turn around between two centers.

pub(crate) mod requirement;

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use requirement::{LANGUAGES, TIERS, Tree};
use switchboard::id::Key;
use switchboard::model::*;
use switchboard::time::Duration;

/// A random valid center: no faults, perhaps warnings.
pub(crate) fn center() -> impl Strategy<Value = Center> {
    (shell(), people(), work(), reach()).prop_map(|(mut center, people, work, reach)| {
        people.fill(&mut center);
        work.fill(&mut center);
        reach.fill(&mut center);
        center
    })
}

/// Users and emergency numbers as numbers.
#[derive(Debug)]
struct ReachNumbers {
    users: Vec<(Key, (u16, u16, u16))>,
    emergencies: Vec<usize>,
}

fn reach() -> impl Strategy<Value = ReachNumbers> {
    let users = keyed("user", 4, (any::<u16>(), any::<u16>(), any::<u16>()));
    let emergencies = subsequence((0..6).collect::<Vec<usize>>(), 0..3);
    (users, emergencies).prop_map(|(users, emergencies)| ReachNumbers { users, emergencies })
}

impl ReachNumbers {
    fn fill(self, center: &mut Center) {
        for (key, (team, site, brand)) in self.users {
            let mut user = User::new(key.as_str(), Role::Supervisor).build().unwrap();
            user.teams = pick(&center.teams, team).into_iter().collect();
            user.sites = pick(&center.sites, site).into_iter().collect();
            user.brands = pick(&center.brands, brand).into_iter().collect();
            center.users.insert(key, user);
        }
        // The same pool as that of the addresses: a number changes sides between two centers.
        let numbers = self.emergencies.into_iter().map(|number| format!("+34{number}"));
        let taken = |number: &String| {
            center.entry_points.values().any(|entry| entry.addresses.contains(number))
        };
        center.emergency_numbers = numbers.filter(|number| !taken(number)).collect();
    }
}

fn key(kind: &str, number: usize) -> Key {
    Key::new(format!("{kind}{number}")).unwrap()
}

/// Some of the keys of a pool.
fn keys(kind: &'static str, pool: usize) -> impl Strategy<Value = Vec<Key>> {
    let all: Vec<Key> = (0..pool).map(|number| key(kind, number)).collect();
    subsequence(all, 0..=pool)
}

/// Some of the keys of a pool, in any order, each with something.
fn keyed<T: Debug>(
    kind: &'static str,
    pool: usize,
    each: impl Strategy<Value = T>,
) -> impl Strategy<Value = Vec<(Key, T)>> {
    let keys = keys(kind, pool).prop_shuffle();
    (keys, vec(each, pool)).prop_map(|(keys, each)| keys.into_iter().zip(each).collect())
}

/// One of the keys of a table, by a random number; none if it is empty or the number says so.
fn pick<T>(table: &BTreeMap<Key, T>, number: u16) -> Option<Key> {
    let nth = usize::from(number).checked_rem(table.len() + 1)?;
    table.keys().nth(nth).cloned()
}

fn text() -> impl Strategy<Value = String> {
    select(vec!["", "Ana", "Müller & Söhne", "客服", "quote \" and \\ line\nbreak", "😀"])
        .prop_map(str::to_owned)
}

fn span() -> impl Strategy<Value = Duration> {
    (0..10_000_000_000_i64).prop_map(Duration::from_micros)
}

fn positive_span() -> impl Strategy<Value = Duration> {
    (1..10_000_000_000_i64).prop_map(Duration::from_micros)
}

fn channel() -> impl Strategy<Value = Channel> {
    select(Channel::ALL.to_vec())
}

fn zone() -> impl Strategy<Value = String> {
    select(vec!["", "Europe/Madrid", "America/New_York", "Asia/Kathmandu"]).prop_map(str::to_owned)
}

/// Everything that names nothing else.
fn shell() -> impl Strategy<Value = Center> {
    let objects = (
        keys("brand", 3),
        keys("reason", 3),
        (keys("flow", 3), keys("host", 3)),
        vec((zone(), select(vec![Shore::Onshore, Shore::Offshore])), 0..3),
        vec((text(), 1..6_u8), 0..5),
        vec(hours(), 0..3),
    );
    (text(), zone(), objects, capacity(), any::<bool>(), rules()).prop_map(
        |(
            name,
            zone,
            (brands, reasons, (flows, hosts), sites, skills, hours),
            capacity,
            fifo,
            rules,
        )| {
            let mut center = Center::default();
            center.brands =
                brands.into_iter().map(|key| (key, Brand::new(&name).caller_id("+1"))).collect();
            center.reasons =
                reasons.into_iter().map(|key| (key, Reason::new(&name).paid())).collect();
            center.flows = flows.into_iter().map(|key| (key, Flow::new(&name))).collect();
            center.hosts = hosts
                .into_iter()
                .map(|key| (key, Host::new(&name).media(Media::Host).hand_over(HandOver::Direct)))
                .collect();
            center.sites = numbered(
                "site",
                sites.into_iter().map(|(zone, shore)| {
                    Site::new("site").kind(SiteKind::Partner).shore(shore).time_zone(&zone)
                }),
            );
            center.skills = numbered(
                "skill",
                skills.into_iter().map(|(name, levels)| Skill::new(&name).levels(levels)),
            );
            center.hours = numbered("hours", hours.into_iter());
            (center.name, center.time_zone, center.capacity) = (name, zone, capacity);
            if fifo {
                center.order = OrderPolicy::FirstComeFirstServed;
            }
            (center.policies, center.limits) = rules;
            center
        },
    )
}

fn numbered<T>(kind: &str, objects: impl Iterator<Item = T>) -> BTreeMap<Key, T> {
    objects.enumerate().map(|(number, object)| (key(kind, number), object)).collect()
}

fn rules() -> impl Strategy<Value = (Policies, Limits)> {
    (positive_span(), span(), any::<bool>(), 1..9_u8, 100..1_000_u32, 100..1_000_u32).prop_map(
        |(ring, grace, takes_over, strikes, agents, queues)| {
            let (mut policies, mut limits) = (Policies::default(), Limits::default());
            policies.offer_timeout = ring;
            policies.desktop_grace = grace;
            policies.sign_in_takes_over = takes_over;
            policies.tier_boosts = vec![grace; usize::from(strikes % 3)];
            policies.already_waiting =
                if takes_over { AlreadyWaiting::Join } else { AlreadyWaiting::KeepBoth };
            policies.device_failure = Misses::new().not_ready_after(strikes);
            if takes_over {
                let back_off = BackOff { base: ring, factor: strikes, cap: ring + ring };
                policies.no_answer = Misses::new().sign_out_after(strikes).back_off(back_off);
                policies.device_failure.forget_after = Some(ring);
            }
            limits.agents = agents;
            limits.queues = queues;
            (policies, limits)
        },
    )
}

fn capacity() -> impl Strategy<Value = Capacity> {
    let of_channel = (channel(), 1..=100_u32, 1..9_u32, 0..=100_u32, channel());
    (100..200_u32, vec(of_channel, 0..4)).prop_map(|(budget, channels)| {
        let mut capacity = Capacity::default();
        capacity.budget = budget;
        for (channel, cost, max, wrap_up, other) in channels {
            let rule = ChannelCapacity::new(cost, max).wrap_up_cost(wrap_up.min(cost));
            let rule = if other == channel { rule } else { rule.interrupts(other) };
            capacity.channels.insert(channel, rule);
        }
        capacity
    })
}

fn time_of_day(below: u16) -> impl Strategy<Value = TimeOfDay> {
    (0..below).prop_map(|minutes| TimeOfDay::from_minutes(minutes).unwrap())
}

/// Random opening hours, at nights and around clock changes too.
pub(crate) fn hours() -> impl Strategy<Value = Hours> {
    let days = subsequence(Weekday::ALL.to_vec(), 1..=7);
    let weekly = (days, time_of_day(1440), time_of_day(1441))
        .prop_map(|(days, from, to)| WeeklySpan::new(&days, from, to));
    // The last Sundays of March and October and what surrounds them: clock changes of Europe.
    let date = select(vec!["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25"]);
    let open = vec((time_of_day(1440), time_of_day(1441)), 0..3);
    let special = prop::collection::btree_map(date, open, 0..3);
    (zone(), vec(weekly, 0..4), special).prop_map(|(zone, weekly, special)| {
        let mut hours = Hours::default();
        hours.time_zone = zone;
        hours.weekly = weekly;
        for (date, open) in special {
            let closed = SpecialDay::closed(date, "holiday");
            let day = open.into_iter().fold(closed, |day, (from, to)| day.open(from, to));
            hours.special.push(day);
        }
        hours
    })
}

/// Teams and agents as numbers.
#[derive(Debug)]
struct People {
    teams: Vec<(Key, (u16, u16))>,
    agents: Vec<(Key, AgentNumbers)>,
}

type AgentNumbers =
    (u16, u16, Vec<(u16, u8)>, u8, Option<u32>, (Option<(Channel, u32)>, bool), Traits);

/// Languages, tenure, cost, tier.
type Traits = (Vec<&'static str>, Option<u32>, Option<u32>, Option<&'static str>);

fn people() -> impl Strategy<Value = People> {
    let agent = (
        any::<u16>(),
        any::<u16>(),
        vec((any::<u16>(), any::<u8>()), 0..4),
        0..3_u8,
        prop::option::of(1..200_u32),
        (prop::option::of((channel(), 0..5_u32)), any::<bool>()),
        (
            subsequence(LANGUAGES.to_vec(), 0..3),
            prop::option::of(0..8_u32),
            prop::option::of(0..8_u32),
            prop::option::of(select(TIERS.to_vec())),
        ),
    );
    let teams = keyed("team", 4, (any::<u16>(), any::<u16>()));
    (teams, keyed("agent", 8, agent)).prop_map(|(teams, agents)| People { teams, agents })
}

impl People {
    fn fill(self, center: &mut Center) {
        for (key, (_, site)) in &self.teams {
            let mut team = Team::default();
            team.site = pick(&center.sites, *site);
            center.teams.insert(key.clone(), team);
        }
        for (key, (team, site, skills, station, budget, (max, auto), traits)) in self.agents {
            let mut agent = Agent::default();
            agent.name = key.to_string();
            agent.team = pick(&center.teams, team);
            agent.site = pick(&center.sites, site);
            agent.skills = levels(center, skills);
            let address = "SIP/100";
            // The variants cannot be written out here: the enum may grow.
            agent.station = match (pick(&center.hosts, site), station) {
                (None, _) | (_, 0) => Station::Direct,
                (Some(host), 1) => {
                    Agent::new("").phone(host.as_str(), address).build().unwrap().station
                }
                (Some(host), _) => {
                    Agent::new("").nailed_up(host.as_str(), address).build().unwrap().station
                }
            };
            agent.budget = budget;
            agent.max = max.into_iter().collect();
            agent.auto_answer = auto;
            let (languages, tenure, cost, tier) = traits;
            agent.languages = languages.into_iter().map(str::to_owned).collect();
            (agent.tenure, agent.cost) = (tenure, cost);
            let tier = tier.map(|tier| (Key::new("tier").unwrap(), tier.to_owned()));
            agent.attributes = tier.into_iter().collect();
            center.agents.insert(key, agent);
        }
        for (key, (lead, _)) in self.teams {
            let lead = pick(&center.agents, lead);
            center.teams.get_mut(&key).unwrap().lead = lead;
        }
    }
}

/// Skills of the center with levels in their range.
fn levels(center: &Center, numbers: Vec<(u16, u8)>) -> BTreeMap<Key, Proficiency> {
    let pairs = numbers.into_iter().filter_map(|(skill, level)| {
        let skill = pick(&center.skills, skill)?;
        let level = 1 + level % center.skills[&skill].levels;
        Some((skill, level))
    });
    pairs.collect()
}

/// Dispositions, queues and entry points as numbers; each list is in the order of its chains.
#[derive(Debug)]
struct Work {
    dispositions: Vec<(Key, u16)>,
    queues: Vec<(Key, (QueueNumbers, QueueRules))>,
    rotas: Vec<(Key, RotaNumbers)>,
    entry_points: Vec<(Key, EntryNumbers)>,
}

type QueueNumbers = (u16, Tree, Vec<u16>, u16, u16, u16, u16);
type QueueRules = (Duration, Duration, Option<u32>, Option<Duration>, WrapUpMode, Channel, bool);
type EntryNumbers = (bool, u16, Vec<usize>, bool, u16, Option<u32>);

/// Levels of duties (an agent and hours, each by number), the last resort, and the queues that lead to it.
type RotaNumbers = (Vec<Vec<(u16, u16)>>, u16, bool, Vec<u16>);

fn work() -> impl Strategy<Value = Work> {
    let numbers = (
        any::<u16>(),
        requirement::tree(),
        vec(any::<u16>(), 0..3),
        any::<u16>(),
        any::<u16>(),
        any::<u16>(),
        any::<u16>(),
    );
    let mode = select(vec![WrapUpMode::None, WrapUpMode::Forced, WrapUpMode::TimeBoxedFixed]);
    let rules = (
        span(),
        span(),
        prop::option::of(1..100_u32),
        prop::option::of(positive_span()),
        mode,
        channel(),
        any::<bool>(),
    );
    let entry = (
        any::<bool>(),
        any::<u16>(),
        subsequence((0..6).collect::<Vec<usize>>(), 0..4),
        any::<bool>(),
        any::<u16>(),
        prop::option::of(1..50_u32),
    );
    let dispositions = keyed("disposition", 5, any::<u16>());
    let queues = keyed("queue", 6, (numbers, rules));
    let rota = (
        vec(vec((any::<u16>(), any::<u16>()), 1..3), 1..3),
        any::<u16>(),
        any::<bool>(),
        vec(any::<u16>(), 0..3),
    );
    let rotas = keyed("rota", 3, rota);
    let entry_points = keyed("entry", 5, entry);
    (dispositions, queues, rotas, entry_points).prop_map(
        |(dispositions, queues, rotas, entry_points)| Work {
            dispositions,
            queues,
            rotas,
            entry_points,
        },
    )
}

impl Work {
    fn fill(self, center: &mut Center) {
        for (key, parent) in self.dispositions {
            let mut disposition = Disposition::default();
            disposition.parent = pick(&center.dispositions, parent);
            center.dispositions.insert(key, disposition);
        }
        // Heirs follow the list backward, overflow forward: the two chains may cross.
        let order: Vec<Key> = self.queues.iter().map(|(key, ..)| key.clone()).collect();
        let mut relaxed = Vec::new();
        for (place, (key, (numbers, rules))) in self.queues.into_iter().enumerate() {
            relaxed.push((key.clone(), numbers.clone()));
            let mut queue = queue(center, numbers.clone(), rules);
            let (before, after) = (&order[..place], &order[place + 1..]);
            let overflow = before.get(usize::from(numbers.5) % (before.len() + 1));
            queue.overflow = match overflow {
                Some(to) => Some(Overflow::new(Flowout::Queue(to.clone()))),
                None if numbers.5 % 2 == 0 => Some(Overflow::new(Flowout::HangUp)),
                None => None,
            };
            queue.heir = after.get(usize::from(numbers.6) % (after.len() + 1)).cloned();
            if queue.voicemail.unheard_after.is_some() {
                queue.voicemail.escalate_to.clone_from(&queue.heir);
            }
            center.queues.insert(key, queue);
        }
        for (key, numbers) in relaxed.into_iter().filter(|(_, numbers)| numbers.6 % 3 > 0) {
            let step = relaxation(center, &key, numbers);
            center.queues.get_mut(&key).unwrap().relaxation.push(step);
        }
        let stand_in = |n: u16| {
            let queue = pick(&center.queues, n).map(Coverage::Queue);
            let team = || pick(&center.teams, n).map(Coverage::Team);
            match n % 4 {
                0 => queue.or_else(team),
                1 => team().or(queue),
                2 => pick(&center.queues, n).map(Coverage::QueueMailbox),
                _ => Some(Coverage::OwnMailbox),
            }
        };
        let coverage: Vec<_> = (0..).map(stand_in).take(center.agents.len()).collect();
        for (agent, coverage) in center.agents.values_mut().zip(coverage) {
            agent.coverage = coverage;
        }
        for (key, (levels, last, outside, queues)) in self.rotas {
            let rota = rota(center, levels, last, outside);
            for number in queues {
                if let Some(queue) = pick(&center.queues, number) {
                    center.queues.get_mut(&queue).unwrap().on_call = Some(key.clone());
                }
            }
            center.rotas.insert(key, rota);
        }
        let mut taken = std::collections::BTreeSet::new();
        for (key, (flow, target, addresses, chat, brand, max)) in self.entry_points {
            let channel = if chat { Channel::Chat } else { Channel::Voice };
            let start = EntryPoint::on(channel, "");
            let draft = match (pick(&center.flows, target), pick(&center.queues, target)) {
                (Some(to), _) if flow => start.to_flow(to.as_str()),
                (_, Some(to)) => start.to_queue(to.as_str()),
                (..) => continue,
            };
            let mut entry = draft.language("es-ES").boost(Duration::from_secs(9)).build().unwrap();
            let fresh = addresses.into_iter().filter(|number| taken.insert((channel, *number)));
            entry.addresses = fresh.map(|number| format!("+34{number}")).collect();
            entry.brand = pick(&center.brands, brand);
            entry.max_concurrent = max;
            center.entry_points.insert(key, entry);
        }
    }
}

fn rota(center: &Center, levels: Vec<Vec<(u16, u16)>>, last: u16, outside: bool) -> Rota {
    let duty = |(agent, hours): (u16, u16)| {
        let duty = match pick(&center.agents, agent) {
            Some(agent) => Duty::agent(agent.as_str()),
            None => Duty::external("+49 1"),
        };
        match pick(&center.hours, hours) {
            Some(hours) => duty.during(hours.as_str()),
            None => duty,
        }
    };
    let rota = Rota::new().accept_key('#', Duration::from_secs(9)).prompt("on_call").rounds(2);
    let rota = levels.into_iter().fold(rota, |rota, level| rota.level(level.into_iter().map(duty)));
    let rota = match pick(&center.queues, last) {
        Some(queue) => rota.last_resort_queue(queue.as_str()),
        None if outside => rota.last_resort_external("+49 9"),
        None => rota.time_zone("Europe/Madrid"),
    };
    rota.build().unwrap()
}

fn relaxation(center: &Center, of: &Key, numbers: QueueNumbers) -> RelaxationStep {
    let (_, asked, _, hours, _, time, other) = numbers;
    let mut step = RelaxationStep::default();
    step.after = Some(Duration::from_secs(i64::from(time % 50)));
    step.when = pick(&center.hours, hours).map(Guard::During);
    step.requirement = Some(asked.requirement(center));
    step.mode = if time % 2 == 0 { StepMode::Additive } else { StepMode::Replace };
    step.add_queues = pick(&center.queues, other).filter(|key| key != of).into_iter().collect();
    step
}

fn queue(center: &Center, numbers: QueueNumbers, rules: QueueRules) -> Queue {
    let (brand, asked, teams, hours, disposition, ..) = numbers;
    let (target, boost, depth, wait, mode, channel, serve) = rules;
    let mut queue = Queue::default();
    queue.brand = pick(&center.brands, brand);
    queue.requirement = asked.requirement(center);
    let mut teams: Vec<Key> =
        teams.into_iter().filter_map(|number| pick(&center.teams, number)).collect();
    teams.dedup();
    if !teams.is_empty() {
        queue.groups = AgentGroups::Teams(teams);
    }
    queue.hours = pick(&center.hours, hours);
    queue.dispositions = pick(&center.dispositions, disposition).into_iter().collect();
    (queue.service_target, queue.boost) = (target, boost);
    (queue.limits.depth, queue.limits.wait) = (depth, wait);
    queue.channel_targets.insert(channel, target);
    queue.wrap_up.mode = mode;
    queue.offer_timeout = wait;
    queue.ringing = match (depth, wait) {
        (None, None) => Ringing::One,
        (Some(depth), None) => Ringing::AtOnce(depth.clamp(1, 100)),
        (None, Some(_)) => Ringing::All,
        (Some(_), Some(every)) => Ringing::Progressive { first: 1, add: 2, every },
    };
    if serve {
        queue.others_ring = OthersRing::UntilConnected;
    }
    let rule = Recording::new(RecordingMode::Always);
    queue.recording = wait.map(|wait| rule.max(wait).retention(wait));
    if serve {
        queue.at_close = AtClose::Disconnect;
        queue.no_agents = Some(NoAgents::NoneRoutable);
        queue.no_agents_grace = boost;
        queue.music = Some("classic".to_owned());
        queue.callbacks.hours.clone_from(&queue.hours);
        queue.callbacks.first = CalledFirst::Customer(boost);
        queue.callbacks.offer =
            Some(CallbackOffer::once(boost, "ask", "confirm").or_enter("enter"));
        queue.voicemail = Voicemail::claimed().unheard_after(target.max(Duration::from_secs(1)));
    }
    queue
}
