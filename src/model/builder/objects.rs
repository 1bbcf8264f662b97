//! Constructors and setters of the objects of a center, queues aside.

use super::{Draft, Entrance};
use crate::model::{
    Brand, Channel, ChannelCapacity, Disposition, EntryPoint, Flow, HandOver, Host, Hours, Media,
    Reason, ReasonClass, Recording, Role, Shore, Site, SiteKind, Skill, SpecialDay, Team,
    TimeOfDay, User, Weekday, WeeklySpan,
};
use crate::time::Duration;

impl Brand {
    /// A brand of that name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// What agents say when they answer.
    #[must_use]
    pub fn answer_phrase(self, phrase: &str) -> Self {
        Self { answer_phrase: phrase.to_owned(), ..self }
    }

    /// Caller id of outbound calls.
    #[must_use]
    pub fn caller_id(self, number: &str) -> Self {
        Self { caller_id: Some(number.to_owned()), ..self }
    }

    /// What is recorded of its calls.
    #[must_use]
    pub fn recording(self, rule: Recording) -> Self {
        Self { recording: Some(rule), ..self }
    }
}

impl Host {
    /// A host whose media the engine controls, and which acknowledges effects.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Who controls the media of its legs.
    #[must_use]
    pub fn media(self, media: Media) -> Self {
        Self { media, ..self }
    }

    /// How it takes effects in.
    #[must_use]
    pub fn hand_over(self, hand_over: HandOver) -> Self {
        Self { hand_over, ..self }
    }
}

impl Site {
    /// A site of that name: in-house, onshore, in the center's time zone.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Who runs it.
    #[must_use]
    pub fn kind(self, kind: SiteKind) -> Self {
        Self { kind, ..self }
    }

    /// Where it stands.
    #[must_use]
    pub fn shore(self, shore: Shore) -> Self {
        Self { shore, ..self }
    }

    /// Its IANA time zone.
    #[must_use]
    pub fn time_zone(self, zone: &str) -> Self {
        Self { time_zone: zone.to_owned(), ..self }
    }
}

impl Skill {
    /// A skill of that name, with levels from 1 to 10.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The highest level.
    #[must_use]
    pub fn levels(self, levels: u8) -> Self {
        Self { levels, ..self }
    }
}

impl Reason {
    /// A reason of that name: an unpaid break.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// What it is for.
    #[must_use]
    pub fn class(self, class: ReasonClass) -> Self {
        Self { class, ..self }
    }

    /// The time is paid.
    #[must_use]
    pub fn paid(self) -> Self {
        Self { paid: true, ..self }
    }

    /// The time is productive.
    #[must_use]
    pub fn productive(self) -> Self {
        Self { productive: true, ..self }
    }
}

impl Flow {
    /// A flow of that name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

impl ChannelCapacity {
    /// What one item costs, and how many items one agent may hold at once.
    pub fn new(cost: u32, max: u32) -> Self {
        Self { cost, max, wrap_up_cost: None, interrupts: Vec::new() }
    }

    /// Units one item takes while in wrap-up, at most its cost.
    #[must_use]
    pub fn wrap_up_cost(self, units: u32) -> Self {
        Self { wrap_up_cost: Some(units), ..self }
    }

    /// An item of this channel suspends items of that one.
    #[must_use]
    pub fn interrupts(mut self, channel: Channel) -> Self {
        self.interrupts.push(channel);
        self
    }
}

impl Disposition {
    /// A disposition of that name, at the root of the tree.
    pub fn new(name: &str) -> Draft<Self> {
        Draft::from(Self { name: name.to_owned(), parent: None })
    }
}

impl Draft<Disposition> {
    /// The disposition above it in the tree.
    pub fn under(self, parent: &str) -> Self {
        self.with_parsed("parent", parent, |disposition, key| disposition.parent = Some(key))
    }
}

impl Team {
    /// A team of that name.
    pub fn new(name: &str) -> Draft<Self> {
        Draft::from(Self { name: name.to_owned(), ..Self::default() })
    }
}

impl Draft<Team> {
    /// The agent who leads the team.
    pub fn lead(self, agent: &str) -> Self {
        self.with_parsed("lead", agent, |team, key| team.lead = Some(key))
    }

    /// Where the team works.
    pub fn site(self, site: &str) -> Self {
        self.with_parsed("site", site, |team, key| team.site = Some(key))
    }
}

impl WeeklySpan {
    /// A span that begins on each of `days`; `to` at or before `from` ends on the next day.
    pub fn new(days: &[Weekday], from: TimeOfDay, to: TimeOfDay) -> Self {
        Self { days: days.to_vec(), from, to }
    }
}

impl SpecialDay {
    /// A date (`YYYY-MM-DD`) without opening hours.
    pub fn closed(date: &str, name: &str) -> Self {
        Self { date: date.to_owned(), name: name.to_owned(), open: Vec::new() }
    }

    /// Opens it for a span.
    #[must_use]
    pub fn open(mut self, from: TimeOfDay, to: TimeOfDay) -> Self {
        self.open.push((from, to));
        self
    }
}

impl Hours {
    /// Hours that are never open yet, in the center's time zone.
    pub fn new() -> Draft<Self> {
        Draft::from(Self::default())
    }
}

impl Draft<Hours> {
    /// Display name.
    pub fn name(self, name: &str) -> Self {
        self.with(|hours| name.clone_into(&mut hours.name))
    }

    /// IANA time zone of the hours.
    pub fn time_zone(self, zone: &str) -> Self {
        self.with(|hours| zone.clone_into(&mut hours.time_zone))
    }

    /// Opens every week on each of `days`, at local times such as `"09:00"`.
    pub fn open(self, days: &[Weekday], from: &str, to: &str) -> Self {
        let span = |from, to| WeeklySpan::new(days, from, to);
        self.with_times("weekly", from, to, |hours, from, to| hours.weekly.push(span(from, to)))
    }

    /// Closes on a date (`YYYY-MM-DD`).
    pub fn closed(self, date: &str, name: &str) -> Self {
        self.with(|hours| hours.special.push(SpecialDay::closed(date, name)))
    }

    /// Opens on a date (`YYYY-MM-DD`) for this span alone.
    pub fn special(self, date: &str, name: &str, from: &str, to: &str) -> Self {
        let day = SpecialDay::closed(date, name);
        self.with_times("special", from, to, |hours, from, to| {
            hours.special.push(day.open(from, to));
        })
    }

    fn with_times(
        self,
        field: &str,
        from: &str,
        to: &str,
        set: impl FnOnce(&mut Hours, TimeOfDay, TimeOfDay),
    ) -> Self {
        let mut begin = None;
        let draft = self.with_parsed(field, from, |_, time: TimeOfDay| begin = Some(time));
        draft.with_parsed(field, to, |hours, end| {
            if let Some(begin) = begin {
                set(hours, begin, end);
            }
        })
    }
}

impl EntryPoint {
    /// An entry point for calls to a number, as the host reports it.
    pub fn voice(number: &str) -> Entrance {
        Self::on(Channel::Voice, number)
    }

    /// An entry point for an address on a channel, as the host reports it.
    pub fn on(channel: Channel, address: &str) -> Entrance {
        Entrance::new(channel, address)
    }
}

impl Draft<EntryPoint> {
    /// Display name.
    pub fn name(self, name: &str) -> Self {
        self.with(|entry| name.clone_into(&mut entry.name))
    }

    /// Another number or address that leads here.
    pub fn address(self, address: &str) -> Self {
        self.with(|entry| entry.addresses.push(address.to_owned()))
    }

    /// On whose behalf.
    pub fn brand(self, brand: &str) -> Self {
        self.with_parsed("brand", brand, |entry, key| entry.brand = Some(key))
    }

    /// Default language (BCP 47).
    pub fn language(self, tag: &str) -> Self {
        self.with(|entry| entry.language = Some(tag.to_owned()))
    }

    /// How many interactions may be alive at once.
    pub fn max_concurrent(self, count: u32) -> Self {
        self.with(|entry| entry.max_concurrent = Some(count))
    }

    /// Waiting credit for those who come in here.
    pub fn boost(self, credit: Duration) -> Self {
        self.with(|entry| entry.boost = credit)
    }
}

impl User {
    /// A user of that name and role, without limits.
    pub fn new(name: &str, role: Role) -> Draft<Self> {
        Draft::from(Self { name: name.to_owned(), role, ..Self::default() })
    }
}

impl Draft<User> {
    /// A team within reach; with any, agents of other teams are not.
    pub fn team(self, team: &str) -> Self {
        self.with_parsed("teams", team, |user, key| user.teams.push(key))
    }

    /// A site within reach; with any, agents of other sites are not.
    pub fn site(self, site: &str) -> Self {
        self.with_parsed("sites", site, |user, key| user.sites.push(key))
    }

    /// A brand within reach; with any, what is of other brands is not.
    pub fn brand(self, brand: &str) -> Self {
        self.with_parsed("brands", brand, |user, key| user.brands.push(key))
    }
}
