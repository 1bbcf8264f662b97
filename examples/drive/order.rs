//! What can be said: the phrases, and how a line is read as one of them.

use crate::close;

/// What a line asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verb {
    Call,
    Chat,
    Write,
    HangUp,
    SignIn,
    SignOut,
    Ready,
    NotReady,
    Answer,
    Decline,
    Hold,
    Resume,
    Transfer,
    Consult,
    Complete,
    Cancel,
    Conference,
    Reply,
    WrapUp,
    Dial,
    Preview,
    Place,
    Promise,
    Monitor,
    Whisper,
    Barge,
    Stop,
    TakeOver,
    Wait,
    Explain,
    Report,
    Records,
    Fail,
    Return,
    Restart,
    Help,
    Quit,
}

/// How it is said: the first form is the one that is shown.
pub(crate) struct Phrase {
    pub(crate) verb: Verb,
    pub(crate) forms: &'static [&'static str],
    pub(crate) takes: &'static str,
    pub(crate) does: &'static str,
}

const fn phrase(
    verb: Verb,
    forms: &'static [&'static str],
    takes: &'static str,
    does: &'static str,
) -> Phrase {
    Phrase { verb, forms, takes, does }
}

/// All that can be said, in the order in which it is shown.
pub(crate) const PHRASES: &[Phrase] = &[
    phrase(Verb::Call, &["call"], "NUMBER", "a customer calls"),
    phrase(Verb::Chat, &["chat"], "[TEXT]", "a customer opens a chat"),
    phrase(Verb::Write, &["write"], "[CHAT] TEXT", "the customer writes once more"),
    phrase(Verb::HangUp, &["hang up", "hangup"], "WHO", "a caller, an agent or somebody outside"),
    phrase(Verb::SignIn, &["sign in", "login"], "AGENT", "comes to work, ready"),
    phrase(Verb::SignOut, &["sign out", "logout"], "AGENT", "leaves, once the work is done"),
    phrase(Verb::Ready, &["ready"], "", "takes work"),
    phrase(Verb::NotReady, &["not ready", "break"], "", "takes no more work"),
    phrase(
        Verb::Answer,
        &["answer", "pick up", "accept"],
        "[WHO]",
        "a phone that rings, or an offer",
    ),
    phrase(Verb::Decline, &["decline", "reject"], "[WHO]", "does not take it"),
    phrase(Verb::Hold, &["hold"], "", "puts the customer on hold"),
    phrase(Verb::Resume, &["resume", "unhold"], "", "is back with the customer"),
    phrase(Verb::Transfer, &["transfer to", "transfer"], "WHERE", "a queue, an agent or a number"),
    phrase(Verb::Consult, &["consult", "ask"], "WHOM", "a queue, an agent or a number"),
    phrase(Verb::Complete, &["complete"], "", "hands the customer on to whom was asked"),
    phrase(Verb::Cancel, &["cancel"], "", "lets go whom was asked"),
    phrase(Verb::Conference, &["conference", "merge"], "", "all speak together"),
    phrase(Verb::Reply, &["reply"], "TEXT", "writes to the customer"),
    phrase(Verb::WrapUp, &["wrap up", "wrapup", "finish"], "[RESULT]", "is done with the contact"),
    phrase(Verb::Dial, &["dial"], "NUMBER|AGENT", "calls a customer for a queue, or a colleague"),
    phrase(Verb::Preview, &["preview"], "NUMBER|CALL", "the same, with a look before"),
    phrase(Verb::Place, &["place"], "", "has looked, and calls"),
    phrase(
        Verb::Promise,
        &["promise"],
        "CALL [10m|in turn]",
        "calls the customer back then, or whoever waits in turn",
    ),
    phrase(Verb::Monitor, &["monitor", "listen"], "AGENT|CALL", "a supervisor listens"),
    phrase(Verb::Whisper, &["whisper"], "", "is heard by the agent alone"),
    phrase(Verb::Barge, &["barge in", "barge"], "", "is heard by all"),
    phrase(Verb::Stop, &["stop"], "", "listens no more"),
    phrase(
        Verb::TakeOver,
        &["take over", "takeover"],
        "",
        "serves the customer in the agent's place",
    ),
    phrase(Verb::Wait, &["wait"], "[30s]", "time passes; without a span, up to the next timer"),
    phrase(Verb::Explain, &["explain", "why"], "CALL", "why it waits, and for whom"),
    phrase(Verb::Report, &["report"], "", "the key figures so far"),
    phrase(
        Verb::Records,
        &["records", "record"],
        "[NUMBER]",
        "the journal in words; one record whole",
    ),
    phrase(Verb::Fail, &["phones fail"], "", "the connection to the phone system breaks"),
    phrase(Verb::Return, &["phones return"], "", "it is back"),
    phrase(Verb::Restart, &["restart"], "", "the program restarts from snapshot and journal"),
    phrase(Verb::Help, &["help", "?"], "[all]", "what can be done now; all that can be said"),
    phrase(Verb::Quit, &["quit", "exit"], "", "the end"),
];

/// A line that was understood: who, does what, to what.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Order {
    pub(crate) who: Option<String>,
    pub(crate) verb: Verb,
    pub(crate) rest: String,
}

/// Reads a line: `[AGENT] PHRASE [REST]`.
pub(crate) fn parse(line: &str, is_agent: impl Fn(&str) -> bool) -> Result<Order, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (who, words) = match words.split_first() {
        Some((first, rest)) => {
            let name = first.trim_end_matches(':').to_lowercase();
            if is_agent(&name) { (Some(name), rest) } else { (None, words.as_slice()) }
        }
        None => return Err("nothing was said".to_owned()),
    };
    let known =
        PHRASES.iter().flat_map(|phrase| phrase.forms.iter().map(move |form| (phrase, *form)));
    let said = known.filter(|(_, form)| begins_with(words, form));
    // The longest form wins: `not ready` is not `not`.
    let said = said.max_by_key(|(_, form)| form.len());
    let Some((phrase, form)) = said else { return Err(unknown(words, who.as_deref())) };
    let rest = words.iter().skip(form.split(' ').count()).copied().collect::<Vec<_>>().join(" ");
    // Names of agents are small letters, however they are typed.
    let rest = Some(rest.to_lowercase()).filter(|name| is_agent(name)).unwrap_or(rest);
    Ok(Order { who, verb: phrase.verb, rest })
}

fn begins_with(words: &[&str], form: &str) -> bool {
    let mut words = words.iter();
    form.split(' ').all(|part| words.next().is_some_and(|word| word.eq_ignore_ascii_case(part)))
}

fn unknown(words: &[&str], who: Option<&str>) -> String {
    if words.is_empty() {
        return format!("what does {} do? see `help`", who.unwrap_or("who"));
    }
    let said = words.join(" ");
    let forms = PHRASES.iter().flat_map(|phrase| phrase.forms.iter().copied());
    let mut found = close::nearest(&said, forms);
    // Forms of one phrase are one suggestion.
    found.dedup_by_key(|form| PHRASES.iter().position(|phrase| phrase.forms.contains(form)));
    match found {
        found if found.is_empty() => format!("I do not know `{said}`; see `help`"),
        found => format!("I do not know `{said}`; did you mean {}?", close::either(&found)),
    }
}
