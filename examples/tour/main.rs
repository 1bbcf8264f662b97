//! Five stories, told and checked: what a customer, an agent and a phone system do, and the records
//! that the engine makes of it. Each has its expected ledger in `ledgers/`; where they differ, the
//! difference is shown and the exit code is 1. After a change that is meant, `--ledger` writes them anew.

#[path = "../common/cli.rs"]
mod cli;
mod difference;
#[path = "../common/floor/mod.rs"]
mod floor;
mod stories;
mod story;

use std::process::ExitCode;

use cli::{Args, Failure};
use story::{STORIES, Story, Tale};

const USAGE: &str = "\
usage: tour [--story NAME|NUMBER] [--report text|json] [--ledger]
  --story S       one story only, by its name or number:
                    1 no_answer     a phone rings in vain, and the next agent's rings
                    2 consult       the caller hangs up while the agent asks a colleague
                    3 two_at_once   a chat and a call at once, as far as capacity goes
                    4 call_back     the customer gave up, and an agent calls back by hand
                    5 outage        the phone system is away and the program restarts, mid-call
  --report FORM   text (for people) or json; text when absent
  --ledger        the ledger alone and unchecked, as the file in examples/tour/ledgers has it";

struct Options {
    stories: Vec<&'static Story>,
    json: bool,
    ledger: bool,
}

fn options(mut args: Args) -> Result<Options, Failure> {
    let mut options = Options { stories: STORIES.iter().collect(), json: false, ledger: false };
    while let Some(flag) = args.next()? {
        match flag.as_str() {
            "--story" => options.stories = vec![chosen(&args.value()?)?],
            "--report" => options.json = args.json()?,
            "--ledger" => options.ledger = true,
            other => return Err(Args::unknown(other)),
        }
    }
    Ok(options)
}

fn chosen(text: &str) -> Result<&'static Story, Failure> {
    let mut numbered = (1..).zip(STORIES);
    let found = numbered.find(|(number, story)| story.name == text || text == number.to_string());
    let names = || STORIES.iter().map(|story| story.name).collect::<Vec<_>>().join(", ");
    let unknown = || Failure::Input(format!("no story `{text}`; there are {}, or 1 to 5", names()));
    found.map(|(_, story)| story).ok_or_else(unknown)
}

fn main() -> ExitCode {
    let ended = options(Args::new(std::env::args().skip(1))).and_then(|options| run(&options));
    cli::end("tour", USAGE, ended)
}

fn run(options: &Options) -> Result<(), Failure> {
    let mut differ = Vec::new();
    let mut reports = Vec::new();
    for story in &options.stories {
        let tale = story.play().map_err(|why| Failure::Run(format!("{}: {why}", story.name)))?;
        if options.ledger {
            cli::print(&tale.ledger())?;
            continue;
        }
        let difference = difference::of(story.expected, &tale.ledger());
        if !difference.is_empty() {
            differ.push(story.name);
        }
        if options.json {
            reports.push(json(story, &tale, &difference));
        } else {
            cli::print(&text(story, &tale, &difference))?;
        }
    }
    if options.json && !options.ledger {
        let report = serde_json::json!({ "passed": differ.is_empty(), "stories": reports });
        cli::print(&format!("{report}\n"))?;
    }
    if differ.is_empty() {
        return Ok(());
    }
    Err(Failure::Run(format!("not as expected: {}", differ.join(", "))))
}

fn number(story: &Story) -> usize {
    STORIES.iter().take_while(|other| other.name != story.name).count() + 1
}

fn text(story: &Story, tale: &Tale, difference: &str) -> String {
    let title = format!("{}. {} ({})", number(story), story.title, story.name);
    let rule = "=".repeat(title.chars().count());
    let end = if difference.is_empty() {
        format!("as expected: {} records\n\n", tale.records())
    } else {
        format!("NOT as expected; - is expected, + is what came:\n{difference}\n")
    };
    format!("{title}\n{rule}\n{}\n\n{}\n{end}", story.text, tale.ledger())
}

fn json(story: &Story, tale: &Tale, difference: &str) -> serde_json::Value {
    serde_json::json!({
        "number": number(story),
        "name": story.name,
        "title": story.title,
        "passed": difference.is_empty(),
        "records": tale.records(),
        "figures": tale.figures(),
        "ledger": tale.ledger().lines().collect::<Vec<_>>(),
        "difference": difference.lines().collect::<Vec<_>>(),
    })
}
