//! What is wrong with a center is told all at once, each fault with its path.
#![cfg(all(feature = "json", feature = "toml"))]

use switchboard::model::*;
use switchboard::time::Duration;

/// A small center without faults or warnings, which the cases below break.
const SOUND: &str = r#"
    time_zone = "Europe/Madrid"
    brands.acme = {}
    sites.madrid = {}
    teams.first = { lead = "ana", site = "madrid" }
    skills = { spanish = { levels = 5 }, billing = {} }
    reasons = { no_answer = {}, device_failure = {} }
    dispositions = { solved = {}, repaired = { parent = "solved" } }
    hours.office = { weekly = [{ days = ["monday"], from = "09:00", to = "18:00" }] }
    flows.welcome = {}
    hosts.pbx = {}
    entry_points.main = { channel = "voice", addresses = ["+341"], leads_to = { queue = "billing" } }
    entry_points.menu = { channel = "voice", addresses = ["+342"], leads_to = { flow = "welcome" } }
    capacity = { budget = 100, channels = { chat = { cost = 25, max = 4 } } }
    [queues.billing]
    brand = "acme"
    requirement = { spanish = 3 }
    groups = { teams = ["first"] }
    hours = "office"
    overflow = { to = { queue = "general" } }
    dispositions = ["solved"]
    heir = "general"
    on_call = "night"
    [queues.general]
    [rotas.night]
    accept_key = "1"
    prompt = "on_call"
    last_resort = { queue = "general" }
    [[rotas.night.levels]]
    duties = [{ who = { agent = "ana" }, hours = "office" }, { who = { external = "+343" } }]
    [agents.ana]
    team = "first"
    site = "madrid"
    skills = { spanish = 5, billing = 10 }
    coverage = { team = "first" }
    station = { phone = { host = "pbx", address = "SIP/ana" } }
"#;

#[test]
fn a_sound_center_has_neither_faults_nor_warnings() {
    let center = Center::from_toml(SOUND).unwrap();
    assert_eq!(validate(&center), Ok(vec![]));
    // What stands at its default needs no mention.
    assert_eq!(validate(&Center::default()), Ok(vec![]));
}

/// What is replaced in the sound center, by what, and the faults that follow.
const BROKEN: &[(&str, &str, &[&str])] = &[
    (
        "    [queues.general]\n",
        "    [queues.general]\n    callbacks = { attempts = 0, retry_after = \"0s\", keep_for = \"0s\", hours = \"ofice\", first = { customer = \"-1s\" }, offer = { after = \"-1s\", every = \"0s\", if_longer_than = \"0s\", ask = \"\", confirm = \"ok\", enter = \"\" } }\n",
        &[
            "queues.general.callbacks.hours: unknown hours \"ofice\", did you mean \"office\"?",
            "queues.general.callbacks.attempts: is not from 1 to 20",
            "queues.general.callbacks.retry_after: 0s must be longer than 0s",
            "queues.general.callbacks.keep_for: 0s must be longer than 0s",
            "queues.general.callbacks.first.customer: -1s is negative",
            "queues.general.callbacks.offer.after: -1s is negative",
            "queues.general.callbacks.offer.every: 0s must be longer than 0s",
            "queues.general.callbacks.offer.if_longer_than: 0s must be longer than 0s",
            "queues.general.callbacks.offer.ask: is no name",
            "queues.general.callbacks.offer.enter: is no name",
        ],
    ),
    (
        "Europe/Madrid",
        "Madrid",
        &["time_zone: unknown time zone \"Madrid\"; use a name such as \"Europe/Madrid\""],
    ),
    (
        "sites.madrid = {}",
        "sites.madrid.time_zone = \"Nowhere\"",
        &[
            "sites.madrid.time_zone: unknown time zone \"Nowhere\"; use a name such as \"Europe/Madrid\"",
        ],
    ),
    (
        "skills = { spanish",
        "skills = { spansh",
        &[
            "queues.billing.requirement: unknown skill \"spanish\", did you mean \"spansh\"?",
            "agents.ana.skills: unknown skill \"spanish\", did you mean \"spansh\"?",
        ],
    ),
    (
        "spanish = 3",
        "spanish = 0",
        &["queues.billing.requirement.spanish: level 0 is not from 1 to 5"],
    ),
    ("spanish = 5", "spanish = 6", &["agents.ana.skills.spanish: level 6 is not from 1 to 5"]),
    (
        "requirement = { spanish = 3 }",
        "requirement = 'spansh >= 9 or spanish > 6 or spanish == 0 or (spanish >= 0 and billing != 11)'",
        &[
            "queues.billing.requirement.billing: level 11 is not from 0 to 10",
            "queues.billing.requirement.spanish: level 6 is not from 0 to 5",
            "queues.billing.requirement.spanish: level 0 is not from 1 to 5",
            "queues.billing.requirement: unknown skill \"spansh\", did you mean \"spanish\"?",
        ],
    ),
    (
        "requirement = { spanish = 3 }",
        "requirement = 'agent == \"anna\" or team != \"fist\" or site in (\"madird\", \"porto\") or language == \"es_ES\"'",
        &[
            "queues.billing.requirement: unknown agent \"anna\", did you mean \"ana\"?",
            "queues.billing.requirement: \"es_ES\" is not a tag such as \"es-ES\"",
            "queues.billing.requirement: unknown site \"madird\", did you mean \"madrid\"?",
            "queues.billing.requirement: unknown site \"porto\"",
            "queues.billing.requirement: unknown team \"fist\", did you mean \"first\"?",
        ],
    ),
    (
        "station = { phone",
        "languages = [\"es_ES\", \"en\", \"en\"]\n    attributes = { site = \"x\", desk = \"\" }\n    station = { phone",
        &[
            "agents.ana.languages: \"es_ES\" is not a tag such as \"es-ES\"",
            "agents.ana.languages: \"en\" is given twice",
            "agents.ana.attributes: the value of \"desk\" is not 1 to 128 bytes long",
            "agents.ana.attributes: \"site\" means something else in a requirement",
        ],
    ),
    (
        "billing = {}",
        "billing = { levels = 0 }",
        &[
            "skills.billing.levels: must be at least 1",
            "agents.ana.skills.billing: level 10 is not from 1 to 0",
        ],
    ),
    (
        "lead = \"ana\", site = \"madrid\"",
        "lead = \"anna\", site = \"x\"",
        &[
            "teams.first.lead: unknown agent \"anna\", did you mean \"ana\"?",
            "teams.first.site: unknown site \"x\"",
        ],
    ),
    (
        "team = \"first\"\n    site = \"madrid\"",
        "team = \"fist\"\n    site = \"porto\"",
        &[
            "agents.ana.team: unknown team \"fist\", did you mean \"first\"?",
            "agents.ana.site: unknown site \"porto\"",
        ],
    ),
    (
        "team = \"first\"\n",
        "role = \"host\"\n    budget = 0\n",
        &["agents.ana.role: is no role of a person", "agents.ana.budget: must be at least 1"],
    ),
    (
        "on_call = \"night\"",
        "on_call = \"nigt\"",
        &["queues.billing.on_call: unknown rota \"nigt\", did you mean \"night\"?"],
    ),
    (
        "agent = \"ana\" }, hours = \"office\"",
        "agent = \"anna\" }, hours = \"offce\"",
        &[
            "rotas.night.levels.0.duties.0.who: unknown agent \"anna\", did you mean \"ana\"?",
            "rotas.night.levels.0.duties.0.hours: unknown hours \"offce\", did you mean \"office\"?",
        ],
    ),
    (
        "external = \"+343\"",
        "external = \"\"",
        &["rotas.night.levels.0.duties.1.who: the number is empty"],
    ),
    (
        "last_resort = { queue = \"general\" }",
        "last_resort = { queue = \"genral\" }\n    rounds = 0\n    ring_timeout = \"0s\"",
        &[
            "rotas.night.ring_timeout: 0s must be longer than 0s",
            "rotas.night.rounds: 0 is not from 1 to 100",
            "rotas.night.last_resort: unknown queue \"genral\", did you mean \"general\"?",
        ],
    ),
    (
        "last_resort = { queue = \"general\" }",
        "last_resort = { external = \"\" }\n    rounds = 101\n    accept_timeout = \"0s\"\n    time_zone = \"Madrid\"",
        &[
            "rotas.night.time_zone: unknown time zone \"Madrid\"; use a name such as \"Europe/Madrid\"",
            "rotas.night.accept_timeout: 0s must be longer than 0s",
            "rotas.night.rounds: 101 is not from 1 to 100",
            "rotas.night.last_resort: the number is empty",
        ],
    ),
    (
        "accept_key = \"1\"",
        "accept_key = \"x\"",
        &["rotas.night.accept_key: 'x' is no key of a phone"],
    ),
    (
        "[[rotas.night.levels]]\n    duties = [",
        "[[rotas.night.levels]]\n    duties = []\n    [[rotas.empty.levels]]\n    duties = [",
        &["rotas.night.levels.0.duties: names nobody"],
    ),
    (
        "[rotas.night]",
        "[rotas.day]\n    [rotas.night]",
        &["rotas.day.levels: names no level, so nobody would be called"],
    ),
    (
        "[rotas.night]",
        "[limits]\n    rotas = 1\n    [rotas.day]\n    levels = [{ duties = [{ who = { external = \"1\" } }] }]\n    [rotas.night]",
        &["rotas: 2 are configured, limits.rotas is 1"],
    ),
    ("SIP/ana", "", &["agents.ana.station: the address is empty"]),
    (
        "host = \"pbx\"",
        "host = \"pdx\"",
        &["agents.ana.station.host: unknown host \"pdx\", did you mean \"pbx\"?"],
    ),
    (
        "solved = {}",
        "solved = { parent = \"repaired\" }",
        &["dispositions.repaired.parent: comes back to itself: repaired -> solved -> repaired"],
    ),
    (
        "parent = \"solved\"",
        "parent = \"solvd\"",
        &["dispositions.repaired.parent: unknown disposition \"solvd\", did you mean \"solved\"?"],
    ),
    (
        "days = [\"monday\"], from = \"09:00\"",
        "days = [], from = \"24:00\"",
        &[
            "hours.office.weekly.0.days: names no day",
            "hours.office.weekly.0.from: a span cannot begin at 24:00; use 00:00 of the next day",
        ],
    ),
    (
        "hours.office = {",
        "hours.office = { special = [{ date = \"2026-02-30\" }],",
        &["hours.office.special.0.date: \"2026-02-30\" is no date YYYY-MM-DD"],
    ),
    (
        "{ queue = \"billing\" }",
        "{ queue = \"biling\" }",
        &["entry_points.main.leads_to: unknown queue \"biling\", did you mean \"billing\"?"],
    ),
    (
        "{ flow = \"welcome\" }",
        "{ flow = \"x\" }",
        &["entry_points.menu.leads_to: unknown flow \"x\""],
    ),
    (
        "\"+342\"",
        "\"+341\", \"\"",
        &[
            "entry_points.menu.addresses: voice address \"+341\" already leads to \"main\"",
            "entry_points.menu.addresses: an address is empty",
        ],
    ),
    (
        "addresses = [\"+341\"]",
        "brand = \"x\", language = \"es_ES\", max_concurrent = 0, boost = \"-1s\"",
        &[
            "entry_points.main.brand: unknown brand \"x\"",
            "entry_points.main.language: \"es_ES\" is not a tag such as \"es-ES\"",
            "entry_points.main.max_concurrent: must be at least 1",
            "entry_points.main.boost: -1s is negative",
        ],
    ),
    (
        "brand = \"acme\"",
        "brand = \"acne\"",
        &["queues.billing.brand: unknown brand \"acne\", did you mean \"acme\"?"],
    ),
    (
        "[\"first\"]",
        "[\"second\", \"second\"]",
        &[
            "queues.billing.groups: unknown team \"second\"",
            "queues.billing.groups: unknown team \"second\"",
            "queues.billing.groups: \"second\" is given twice",
        ],
    ),
    (
        "[\"first\"]",
        "[]",
        &["queues.billing.groups: names no group, so nobody would serve the queue"],
    ),
    (
        "hours = \"office\"",
        "hours = \"offce\"",
        &["queues.billing.hours: unknown hours \"offce\", did you mean \"office\"?"],
    ),
    (
        "[\"solved\"]",
        "[\"solved\", \"solved\", \"sold\"]",
        &[
            "queues.billing.dispositions: unknown disposition \"sold\"",
            "queues.billing.dispositions: \"solved\" is given twice",
        ],
    ),
    (
        "{ queue = \"general\" }",
        "{ queue = \"billing\" }",
        &["queues.billing.overflow: comes back to itself: billing -> billing"],
    ),
    (
        "[queues.general]",
        "[queues.general]\n heir = \"billing\"",
        &["queues.billing.heir: comes back to itself: billing -> general -> billing"],
    ),
    (
        "[queues.general]",
        "[limits]\n offers_at_once = 5\n[queues.general]\n ringing = { at_once = 6 }",
        &["queues.general.ringing.at_once: 6 is above limits.offers_at_once, 5"],
    ),
    (
        "[queues.general]",
        "[queues.general]\n ringing = { progressive = { first = 0, add = 0, every = \"0s\" } }",
        &[
            "queues.general.ringing.progressive.add: must be at least 1",
            "queues.general.ringing.progressive.every: 0s must be longer than 0s",
            "queues.general.ringing.progressive.first: must be at least 1",
        ],
    ),
    (
        "heir = \"general\"",
        "voicemail = { unheard_after = \"0s\", escalate_to = \"generl\" }",
        &[
            "queues.billing.voicemail.escalate_to: unknown queue \"generl\", did you mean \"general\"?",
            "queues.billing.voicemail.unheard_after: 0s must be longer than 0s",
        ],
    ),
    (
        "heir = \"general\"",
        "voicemail = { escalate_to = \"billing\" }",
        &[
            "queues.billing.voicemail.escalate_to: needs `unheard_after`: never is too late",
            "queues.billing.voicemail.escalate_to: comes back to itself: billing -> billing",
        ],
    ),
    (
        "{ team = \"first\" }",
        "{ queue = \"generl\" }",
        &["agents.ana.coverage.queue: unknown queue \"generl\", did you mean \"general\"?"],
    ),
    (
        "{ team = \"first\" }",
        "{ team = \"fist\" }",
        &["agents.ana.coverage.team: unknown team \"fist\", did you mean \"first\"?"],
    ),
    (
        "{ team = \"first\" }",
        "{ queue_mailbox = \"generl\" }",
        &["agents.ana.coverage.queue_mailbox: unknown queue \"generl\", did you mean \"general\"?"],
    ),
    (
        "heir = \"general\"",
        "heir = \"generl\"",
        &["queues.billing.heir: unknown queue \"generl\", did you mean \"general\"?"],
    ),
    (
        "[queues.general]",
        "[queues.general]\n service_target = \"-1s\"\n boost = \"-1s\"\n channel_targets = { chat = \"-1s\" }\n limits = { depth = 0, wait = \"-1s\" }\n no_agents_grace = \"-1s\"\n wrap_up = { mode = \"forced\", limit = \"0s\" }\n offer_timeout = \"0s\"",
        &[
            "queues.general.service_target: -1s is negative",
            "queues.general.channel_targets.chat: -1s is negative",
            "queues.general.boost: -1s is negative",
            "queues.general.limits.depth: must be at least 1",
            "queues.general.limits.wait: -1s is negative",
            "queues.general.no_agents_grace: -1s is negative",
            "queues.general.wrap_up.limit: 0s must be longer than 0s",
            "queues.general.offer_timeout: 0s must be longer than 0s",
        ],
    ),
    (
        "cost = 25, max = 4",
        "cost = 0, max = 0, wrap_up_cost = 1, interrupts = [\"sms\", \"sms\"]",
        &[
            "capacity.channels.chat.cost: must be at least 1",
            "capacity.channels.chat.max: must be at least 1",
            "capacity.channels.chat.wrap_up_cost: 1 is above the cost of 0 that admits the item",
            "capacity.channels.chat.interrupts: Sms is given twice",
        ],
    ),
    (
        "budget = 100",
        "budget = 0",
        &[
            "capacity.budget: must be at least 1",
            "capacity.channels.chat.cost: 25 is above the budget of 0: no item fits",
        ],
    ),
    (
        "[queues.general]",
        "[policies]\n offer_timeout = \"0s\"\n exclusion = \"-1s\"\n device_failure = { not_ready_after = 0, forget_after = \"0s\", back_off = { base = \"5s\", factor = 0, cap = \"4s\" } }\n[queues.general]",
        &[
            "policies.offer_timeout: 0s must be longer than 0s",
            "policies.exclusion: -1s is negative",
            "policies.device_failure.not_ready_after: must be at least 1",
            "policies.device_failure.forget_after: 0s must be longer than 0s",
            "policies.device_failure.back_off.factor: must be at least 1",
            "policies.device_failure.back_off.cap: 4s is below the base of 5s",
        ],
    ),
    (
        "[queues.general]",
        "[limits]\n queues = 1\n agents = 0\n participants = 0\n dedupe_window = \"0s\"\n[queues.general]",
        &[
            "limits.agents: must be at least 1",
            "limits.participants: must be at least 1",
            "limits.dedupe_window: 0s must be longer than 0s",
            "agents: 1 are configured, limits.agents is 0",
            "queues: 2 are configured, limits.queues is 1",
        ],
    ),
    (
        "flows.welcome = {}",
        "flows.welcome = {}\n queues.\"a.b\" = { hours = \"x\" }",
        &["queues.\"a.b\".hours: unknown hours \"x\""],
    ),
];

#[test]
fn every_fault_is_told_with_its_path() {
    for (from, to, expected) in BROKEN {
        let broken = SOUND.replacen(from, to, 1);
        assert_ne!(broken, SOUND, "{from} does not occur");
        let error = Center::from_toml(&broken).expect_err(to);
        assert_eq!(error.code(), 102, "{error}");
        assert_eq!(error.to_string(), expected.join("\n"), "{to}");
    }
}

#[test]
fn what_nobody_can_serve_is_a_warning() {
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "spanish = 5,",
            "spanish = 2,",
            &["queues.billing.requirement: no configured agent who may serve the queue meets it"],
        ),
        ("    team = \"first\"\n", "", &["queues.billing.groups: none of its groups has an agent"]),
        ("[queues.general]", "[queues.general]\n requirement = { spanish = 5, billing = 10 }", &[]),
        (
            "{ spanish = 3 }",
            "'spanish >= 3 and not (site == \"madrid\" or team == \"first\")'",
            &["queues.billing.requirement: no configured agent who may serve the queue meets it"],
        ),
        (
            "{ spanish = 3 }",
            "'billing > 10 or (spanish >= 3 and spanish < 3)'",
            &["queues.billing.requirement: contradicts itself: no agent could ever meet it"],
        ),
        (
            "{ spanish = 3 }",
            "'tierr == \"gold\" or spanish'",
            &[
                "queues.billing.requirement: no agent has an attribute \"tierr\", did you mean \"tier\"?",
            ],
        ),
        (
            "    team = \"first\"\n    site = \"madrid\"\n    skills = { spanish = 5,",
            "    skills = {",
            &["queues.billing.groups: none of its groups has an agent"],
        ),
        (
            "    team = \"first\"\n",
            "    team = \"first\"\n    budget = 24\n",
            &["agents.ana.budget: 24 is below 25, the least cost of an item: none fits"],
        ),
        (
            "no_answer = {}, ",
            "",
            &["reasons: \"no_answer\" is missing, which the engine gives by itself"],
        ),
    ];
    for (from, to, expected) in cases {
        let tier = "    [agents.ana]\n    attributes = { tier = \"gold\" }";
        let text = SOUND.replacen("    [agents.ana]", tier, 1).replacen(from, to, 1);
        let center = Center::from_toml(&text).unwrap();
        let warnings: Vec<String> =
            validate(&center).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(warnings, *expected, "{to}");
    }
}

#[test]
fn an_entry_point_into_nowhere_is_a_warning() {
    let text =
        SOUND.replace("[queues.general]", "[queues.general]\n requirement = { billing = 9 }");
    let text = text.replace("spanish = 5, billing = 10", "spanish = 1");
    let warnings: Vec<String> = validate(&Center::from_toml(&text).unwrap())
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        warnings,
        [
            "queues.billing.requirement: no configured agent who may serve the queue meets it",
            "queues.general.requirement: no configured agent who may serve the queue meets it",
            "entry_points.main.leads_to: nobody serves queue \"billing\" or what it overflows to",
        ]
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let place = |error: ConfigError| match error {
        ConfigError::Syntax { line, column, message } => (line, column, message),
        other => panic!("{other}"),
    };
    let (line, column, message) = place(Center::from_toml("name = \"é\"\nnaem = 1").unwrap_err());
    assert_eq!((line, column), (2, 1), "{message}");
    assert!(message.starts_with("unknown field `naem`, expected one of `name`"), "{message}");

    let text = "[queues.billing]\nservice_target = \"20\"";
    let error = Center::from_toml(text).unwrap_err();
    assert_eq!(error.code(), 101);
    let (line, column, message) = place(error);
    assert_eq!((line, column), (2, 18), "{message}");
    assert_eq!(message, "`20` is not a span such as 20s or 1m30s");

    let (line, column, message) = place(Center::from_json("{\n  \"queues\": 3}").unwrap_err());
    assert_eq!((line, column), (2, 13), "{message}");
    assert_eq!(message, "invalid type: integer `3`, expected a map");

    let (.., message) = place(Center::from_json(r#"{"queues": {"a": {}, "a": {}}}"#).unwrap_err());
    assert_eq!(message, "\"a\" is given twice");
}

#[test]
fn agents_can_be_fed_apart() {
    let (policy, agents) = SOUND.split_once("[agents.ana]").unwrap();
    let agents = format!("[agents.ana]{agents}");
    assert!(Center::from_toml(policy).is_err(), "the lead is missing");
    let read = agents_from_toml(&agents).unwrap();
    let center = Center::parse_toml(policy).unwrap().with_agents(read.clone()).unwrap();
    assert_eq!(center, Center::from_toml(SOUND).unwrap());

    let json = format!("{{\"agents\": {}}}", serde_json::to_string(&read).unwrap());
    assert_eq!(agents_from_json(&json).unwrap(), read);
    let twice = center.with_agents(read).unwrap_err();
    assert_eq!(twice.to_string(), "agents.ana: is given on both sides");
    assert!(agents_from_toml("queues.x = {}").is_err());
}

#[test]
fn the_builder_collects_what_is_no_key() {
    let faults = Center::builder()
        .time_zone("Mars")
        .queue("", Queue::new())
        .queue("billing", Queue::new().requires("a\nb", 1).heir(""))
        .agent("ana", Agent::new("Ana").phone("", "SIP/ana"))
        .agent("ana", Agent::new("Ana"))
        .hours("office", Hours::new().open(&Weekday::WORKDAYS, "9", "18:00"))
        .entry_point("main", EntryPoint::voice("+341").to_queue(""))
        .build()
        .unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "queues.\"\"",
            "queues.billing.requirement",
            "queues.billing.heir",
            "agents.ana.station",
            "agents.ana",
            "hours.office.weekly",
            "entry_points.main.leads_to",
            "time_zone",
        ],
        "{faults}"
    );
}

#[test]
fn what_is_no_key_in_a_rota_is_told_with_its_path() {
    let rota = Rota::new()
        .level([Duty::external("1"), Duty::agent("")])
        .level([Duty::agent("ana").during("")])
        .last_resort_queue("");
    let faults = Center::builder().rota("night", rota).build().unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    let said = ["levels.0.duties.1.who", "levels.1.duties.0.hours", "last_resort"];
    for path in said.map(|path| format!("rotas.night.{path}")) {
        assert!(paths.contains(&path.as_str()), "{path}: {faults}");
    }
}

#[test]
fn somebody_on_call_who_has_no_phone_is_a_warning() {
    let rota = Rota::new().level([Duty::agent("ana")]);
    let center = Center::builder().agent("ana", Agent::new("Ana")).rota("night", rota).build();
    let warnings = validate(&center.unwrap()).unwrap();
    let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let expected = "rotas.night.levels.0.duties.0.who: \"ana\" has no phone that can be called";
    assert_eq!(told, [expected]);
}

#[test]
fn numbers_of_people_on_call_are_not_shown_by_debug() {
    let rota = Rota::new().level([Duty::external("+4917")]).last_resort_external("+4918");
    let shown = format!("{:?}", rota.build().unwrap());
    assert!(!shown.contains("+49"), "{shown}");
}

#[test]
fn the_builder_makes_what_the_text_says() {
    let night = Rota::new()
        .level([Duty::agent("ana").during("office"), Duty::external("+343")])
        .accept_key('1', Duration::from_secs(20))
        .prompt("on_call")
        .last_resort_queue("general");
    let center = Center::builder()
        .time_zone("Europe/Madrid")
        .brand("acme", Brand::default())
        .site("madrid", Site::default())
        .team("first", Team::new("").lead("ana").site("madrid"))
        .skill("spanish", Skill::default().levels(5))
        .skill("billing", Skill::default())
        .reason("no_answer", Reason::default())
        .reason("device_failure", Reason::default())
        .disposition("solved", Disposition::new(""))
        .disposition("repaired", Disposition::new("").under("solved"))
        .hours("office", Hours::new().open(&[Weekday::Monday], "09:00", "18:00"))
        .flow("welcome", Flow::default())
        .channel(Channel::Chat, ChannelCapacity::new(25, 4))
        .queue(
            "billing",
            Queue::new()
                .brand("acme")
                .requires("spanish", 3)
                .team("first")
                .hours("office")
                .overflow_to("general")
                .disposition("solved")
                .heir("general")
                .on_call("night"),
        )
        .queue("general", Queue::new())
        .rota("night", night)
        .host("pbx", Host::default())
        .entry_point("main", EntryPoint::voice("+341").to_queue("billing"))
        .entry_point("menu", EntryPoint::voice("+342").to_flow("welcome"))
        .agent(
            "ana",
            Agent::new("")
                .team("first")
                .site("madrid")
                .skill("spanish", 5)
                .skill("billing", 10)
                .coverage_team("first")
                .phone("pbx", "SIP/ana"),
        )
        .build()
        .unwrap();
    assert_eq!(center, Center::from_toml(SOUND).unwrap());
}

#[test]
fn a_removal_has_to_be_said() {
    assert!(serde_json::from_str::<Change>(r#"{"queue":{"key":"a","to":null}}"#).is_ok());
    assert!(serde_json::from_str::<Change>(r#"{"queue":{"key":"a"}}"#).is_err());
    let change: Change = serde_json::from_str(r#"{"queue":{"key":"a b","to":{}}}"#).unwrap();
    assert_eq!(change.path(), "queues.\"a b\"");
}

#[test]
fn the_examples_are_sound() {
    let small = Center::from_toml(include_str!("../examples/centers/small.toml")).unwrap();
    // It names no reasons, of which it is warned.
    assert!(validate(&small).is_ok_and(|warnings| warnings.iter().all(|w| w.path == "reasons")));
    let center = Center::from_toml(include_str!("../examples/centers/day.toml")).unwrap();
    assert_eq!(validate(&center), Ok(vec![]));
    assert_eq!((center.agents.len(), center.queues.len()), (60, 7));
}

/// A caller walks a chain of overflows in one step, so its length has a bound.
#[test]
fn a_chain_of_overflows_may_not_be_too_long() {
    let chain = |length: usize| {
        let mut builder = Center::builder().queue("q00", Queue::new());
        for n in 1..=length {
            let queue = Queue::new().overflow_to(&format!("q{:02}", n - 1));
            builder = builder.queue(&format!("q{n:02}"), queue);
        }
        builder.build()
    };
    assert!(chain(16).is_ok());
    let faults = chain(18).unwrap_err();
    let expected = "queues.q18.overflow: leads through more than 16 queues";
    assert_eq!(faults.to_string(), expected);
}

#[test]
fn a_rota_has_bounds() {
    let faults_of = |rota: Draft<Rota>| {
        let faults = Center::builder().rota("night", rota).build().unwrap_err();
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let somebody = |_| Duty::external("+341");
    let many = Rota::new().level((0..21).map(somebody));
    assert_eq!(faults_of(many), ["rotas.night.levels.0.duties: are more than 20"]);
    let high = (0..21).fold(Rota::new(), |rota, level| rota.level([somebody(level)]));
    assert_eq!(faults_of(high), ["rotas.night.levels: are more than 20"]);
}

/// Also where nobody is configured yet: whoever comes could not meet it.
#[test]
fn a_requirement_that_contradicts_itself_is_a_warning() {
    let told = |asked: &str| {
        let center = Center::builder()
            .skill("spanish", Skill::default().levels(5))
            .site("madrid", Site::default())
            .site("porto", Site::default())
            .queue("q", Queue::new().requirement(asked))
            .build()
            .unwrap();
        let warnings = validate(&center).unwrap();
        warnings.iter().any(|warning| warning.message.starts_with("contradicts itself"))
    };
    for contradictory in [
        "nobody",
        "spanish and not spanish",
        "spanish > 5",
        "spanish == 2 and spanish != 2",
        "tenure < 3 and tenure > 2",
        "tenure == 3 and not tenure >= 1",
        "site == \"madrid\" and site == \"porto\"",
        "site in (\"madrid\", \"porto\") and site not in (\"porto\", \"madrid\")",
        "language == \"es\" and language not in (\"ES\", \"en\")",
        "(spanish < 2 or cost > 9) and spanish > 3 and cost < 5",
        "not (spanish or not spanish)",
    ] {
        assert!(told(contradictory), "{contradictory}");
    }
    for possible in [
        "anybody",
        "spanish >= 5",
        "not tenure < 3 and not tenure >= 3",
        "tenure > 2 and tenure < 4",
        "site != \"madrid\" and site != \"porto\"",
        "language == \"es\" and language == \"en\" and language != \"de\"",
        "language in (\"es\", \"en\") and language != \"es\"",
        "desk == \"a\" or (spanish and not spanish)",
    ] {
        assert!(!told(possible), "{possible}");
    }
    // Where there are too many ways to look at, it is no contradiction that is known.
    let pairs: Vec<String> = (0..10).map(|n| format!("(cost == {n} or tenure == {n})")).collect();
    assert!(!told(&pairs.join(" and ")));
}
