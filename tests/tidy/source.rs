//! Just enough of a Rust scanner for the rules of `tidy.rs`: tokens without comments and texts, the
//! parts that are tests, functions with their length, and paths into the crate.

use std::collections::BTreeSet;
use std::ops::Range;

/// A word, a sign, or the stand-in of a literal (`""`, `''`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// First and last line, counted from 1; they differ for a literal over several lines.
    pub(crate) lines: (usize, usize),
}

/// A source file, scanned.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path from the root of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Everything but comments, in order; what belongs to tests is left out.
    pub(crate) tokens: Vec<Token>,
    /// Lines of the file that belong to tests.
    pub(crate) test_lines: usize,
}

/// A function outside of tests.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    /// Lines with code on them, from `fn` to the closing brace; comments and blank lines are free.
    pub(crate) length: usize,
}

/// A path that starts in this crate, from its root: `crate::id::AgentId` is `["id", "AgentId"]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CratePath {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// Followed by `!`: a macro, which lives at the root whatever module wrote it.
    pub(crate) is_macro: bool,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let all = tokens(text);
        let tests = test_ranges(&all);
        let lines =
            |range: &Range<usize>| all[range.end - 1].lines.1 + 1 - all[range.start].lines.0;
        let test_lines = tests.iter().map(lines).sum();
        let outside = |index: &usize| !tests.iter().any(|range| range.contains(index));
        let tokens = (0..all.len()).filter(outside).map(|index| all[index].clone()).collect();
        Self { path: path.to_owned(), text: text.to_owned(), tokens, test_lines }
    }

    /// Whether the whole file is a test module (`tests.rs`, or below a directory `tests`).
    pub(crate) fn is_test_file(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// The modules that this file is: `src/queue/decide.rs` is `["queue", "decide"]`, `src/lib.rs` is `[]`.
    pub(crate) fn module(&self) -> Vec<String> {
        let inner = self.path.split_once("src/").map_or(self.path.as_str(), |(_, inner)| inner);
        let inner = inner.strip_suffix(".rs").unwrap_or(inner);
        let mut parts: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
            parts.pop();
        }
        parts
    }

    /// Line numbers where `pattern` (Rust text such as `Instant::now` or `dbg!`) stands in the code.
    pub(crate) fn find(&self, pattern: &str) -> Vec<usize> {
        let wanted = tokens(pattern);
        let same = |(found, wanted): (&Token, &Token)| found.text == wanted.text;
        self.tokens
            .windows(wanted.len())
            .filter(|window| window.iter().zip(&wanted).all(same))
            .map(|window| window[0].lines.0)
            .collect()
    }

    /// All functions that have a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        for (index, pair) in self.tokens.windows(2).enumerate() {
            if pair[0].text != "fn" || !is_word(&pair[1].text) {
                continue;
            }
            let Some(end) = item_end(&self.tokens, index, false) else { continue };
            let body = &self.tokens[index..end];
            if body.last().is_some_and(|token| token.text == "}") {
                let lines: BTreeSet<usize> =
                    body.iter().flat_map(|token| token.lines.0..=token.lines.1).collect();
                found.push(Function {
                    name: pair[1].text.clone(),
                    line: pair[0].lines.0,
                    length: lines.len(),
                });
            }
        }
        found
    }

    /// Every path that begins with `crate`, `self` or `super`, resolved; groups are spread out.
    pub(crate) fn crate_paths(&self) -> Vec<CratePath> {
        let mut found = Vec::new();
        let mut module = self.module();
        // How many braces are open, and at which of them an inline module began.
        let (mut depth, mut inline) = (0_usize, Vec::new());
        let mut index = 0;
        while index < self.tokens.len() {
            let word = self.text_at(index);
            match word {
                "mod" if self.text_at(index + 2) == "{" => {
                    module.push(self.text_at(index + 1).to_owned());
                    inline.push(depth);
                    index += 2;
                    continue;
                }
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    if inline.last() == Some(&depth) {
                        inline.pop();
                        module.pop();
                    }
                }
                "crate" | "self" | "super" if self.text_at(index + 1) == "::" => {
                    index = self.spread(index, &[], &module, &mut found);
                    continue;
                }
                _ => {}
            }
            index += 1;
        }
        found
    }

    /// Reads one path, or one group of paths, at `index`; returns the index behind it.
    fn spread(
        &self,
        mut index: usize,
        prefix: &[&str],
        module: &[String],
        found: &mut Vec<CratePath>,
    ) -> usize {
        let mut path = prefix.to_vec();
        let line = self.tokens.get(index).map_or(0, |token| token.lines.0);
        loop {
            match self.text_at(index) {
                "{" => {
                    index += 1;
                    while !matches!(self.text_at(index), "}" | "") {
                        index = self.spread(index, &path, module, found);
                        while !matches!(self.text_at(index), "," | "}" | "") {
                            index += 1; // `as name`
                        }
                        index += usize::from(self.text_at(index) == ",");
                    }
                    return index + 1;
                }
                word if word == "*" || is_word(word) => path.push(self.text_at(index)),
                // Generic arguments after `::`, or the end of the text.
                _ => break,
            }
            index += 1;
            if self.text_at(index) != "::" {
                break;
            }
            index += 1;
        }
        if let Some(segments) = resolve(&path, module) {
            let is_macro = self.text_at(index) == "!" && self.text_at(index + 1) != "=";
            found.push(CratePath { segments, line, is_macro });
        }
        index
    }

    /// Hash maps and sets whose hasher is not named: `(line, text)`.
    pub(crate) fn default_hashers(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for index in 0..self.tokens.len() {
            let name = self.text_at(index);
            let needed = match name {
                "HashMap" => 3,
                "HashSet" => 2,
                _ => continue,
            };
            let turbofish = self.text_at(index + 1) == "::" && self.text_at(index + 2) == "<";
            let open = index + if turbofish { 2 } else { 1 };
            let named = match self.text_at(open) {
                "<" => self.generic_arguments(open) >= needed,
                // These exist for the default hasher only.
                "::" => !matches!(self.text_at(open + 1), "new" | "with_capacity" | "from"),
                _ => true,
            };
            if !named {
                found.push((self.tokens[index].lines.0, name.to_owned()));
            }
        }
        found
    }

    /// Number of arguments between the `<` at `open` and its `>`.
    fn generic_arguments(&self, open: usize) -> usize {
        let (mut angle, mut other, mut count, mut pending) = (0_usize, 0_usize, 0, false);
        for index in open..self.tokens.len() {
            match self.text_at(index) {
                "<" => angle += 1,
                ">" => angle -= 1,
                "(" | "[" | "{" => other += 1,
                ")" | "]" | "}" => other = other.saturating_sub(1),
                "," if angle == 1 && other == 0 => {
                    count += 1;
                    pending = false;
                    continue;
                }
                _ => pending = true,
            }
            if angle == 0 {
                break;
            }
        }
        count + usize::from(pending)
    }

    fn text_at(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| token.text.as_str())
    }
}

/// `path` seen from `module`, counted from the root of the crate; `None` where it leads outside.
fn resolve(path: &[&str], module: &[String]) -> Option<Vec<String>> {
    let mut base = module.to_vec();
    for (place, part) in path.iter().enumerate() {
        match *part {
            "crate" if place == 0 => base.clear(),
            "self" => {}
            "super" => {
                base.pop()?;
            }
            name => base.push(name.to_owned()),
        }
    }
    Some(base)
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

/// Token ranges of items under `#[cfg(test)]`, `#[cfg(all(test, ...))]` or `#[test]`.
fn test_ranges(tokens: &[Token]) -> Vec<Range<usize>> {
    let starts = |at: usize, words: &[&str]| {
        words
            .iter()
            .enumerate()
            .all(|(i, word)| tokens.get(at + i).is_some_and(|t| t.text == *word))
    };
    let mut ranges = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let is_test = starts(index, &["#", "[", "cfg", "(", "test", ")"])
            || starts(index, &["#", "[", "cfg", "(", "all", "(", "test"])
            || starts(index, &["#", "[", "test", "]"]);
        if is_test {
            let end = item_end(tokens, index, true).unwrap_or(tokens.len());
            ranges.push(index..end);
            index = end;
        } else {
            index += 1;
        }
    }
    ranges
}

/// The index behind the item that starts at `start`: behind its block, or behind its semicolon (with
/// `field`, also behind the comma of a field, a variant or a match arm).
fn item_end(tokens: &[Token], start: usize, field: bool) -> Option<usize> {
    let mut index = start;
    while tokens.get(index)?.text == "#" {
        index = group_end(tokens, index + 1)?;
    }
    let names_item =
        ["pub", "fn", "mod", "use", "impl", "struct", "enum", "const", "type", "trait"];
    let comma_ends = field && !names_item.contains(&tokens.get(index)?.text.as_str());
    while let Some(token) = tokens.get(index) {
        match token.text.as_str() {
            "(" | "[" => index = group_end(tokens, index)?,
            "{" => return group_end(tokens, index),
            ";" => return Some(index + 1),
            "," if comma_ends => return Some(index + 1),
            "}" => return Some(index),
            _ => index += 1,
        }
    }
    None
}

/// The index behind the bracket that closes the one at `open`.
fn group_end(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

/// Splits Rust text into tokens; comments are dropped, literals become `""` and `''`.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner { chars: text.chars().collect(), at: 0, line: 1, found: Vec::new() };
    while scanner.at < scanner.chars.len() {
        scanner.next();
    }
    scanner.found
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    line: usize,
    found: Vec<Token>,
}

impl Scanner {
    fn next(&mut self) {
        let (from, line) = (self.at, self.line);
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => {
                while !matches!(self.peek(0), '\n' | '\0') {
                    self.step();
                }
            }
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(0, true),
            ('\'', _) => self.quote(),
            (':', ':') | ('-' | '=', '>') => {
                self.at += 2;
                self.push(from, line);
            }
            (first, _) if first == '_' || first.is_alphanumeric() => self.word(),
            (first, _) => {
                self.step();
                if !first.is_whitespace() {
                    self.push(from, line);
                }
            }
        }
    }

    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn step(&mut self) {
        self.line += usize::from(self.peek(0) == '\n');
        self.at += 1;
    }

    fn push(&mut self, from: usize, line: usize) {
        let text = self.chars[from..self.at.min(self.chars.len())].iter().collect();
        self.found.push(Token { text, lines: (line, self.line) });
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => (depth, self.at) = (depth + 1, self.at + 2),
                ('*', '/') => (depth, self.at) = (depth - 1, self.at + 2),
                _ => self.step(),
            }
            if depth == 0 {
                break;
            }
        }
    }

    /// A string literal whose opening quote is next; `hashes` stand around a raw one.
    fn string(&mut self, hashes: usize, escapes: bool) {
        let line = self.line;
        self.step();
        while self.at < self.chars.len() {
            let closes = self.peek(0) == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == '#');
            if closes {
                self.at += 1 + hashes;
                break;
            }
            if escapes && self.peek(0) == '\\' {
                self.step();
            }
            self.step();
        }
        self.found.push(Token { text: "\"\"".to_owned(), lines: (line, self.line) });
    }

    /// A character literal or a lifetime.
    fn quote(&mut self) {
        let (from, line) = (self.at, self.line);
        let is_char = self.peek(1) == '\\' || self.peek(2) == '\'';
        self.step();
        if is_char {
            while !matches!(self.peek(0), '\'' | '\0') {
                if self.peek(0) == '\\' {
                    self.step();
                }
                self.step();
            }
            self.step();
            self.found.push(Token { text: "''".to_owned(), lines: (line, self.line) });
        } else {
            while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
                self.step();
            }
            self.push(from, line);
        }
    }

    /// A word or number, or a literal with a prefix such as `br#"..."#`.
    fn word(&mut self) {
        let (mut from, line) = (self.at, self.line);
        let read = |scanner: &mut Self| {
            while scanner.peek(0) == '_' || scanner.peek(0).is_alphanumeric() {
                scanner.step();
            }
        };
        read(self);
        let prefix: String = self.chars[from..self.at].iter().collect();
        let mut hashes = 0;
        while self.peek(hashes) == '#' {
            hashes += 1;
        }
        match (prefix.as_str(), self.peek(hashes)) {
            ("r" | "br" | "cr", '"') => {
                self.at += hashes;
                return self.string(hashes, false);
            }
            ("b" | "c", '"') if hashes == 0 => return self.string(0, true),
            ("b", '\'') if hashes == 0 => return self.quote(),
            ("r", _) if hashes == 1 => {
                self.at += 1;
                from = self.at;
                read(self);
            }
            _ => {}
        }
        self.push(from, line);
    }
}
