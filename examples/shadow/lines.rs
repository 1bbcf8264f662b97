//! The lines of a file that may still be written, cut off, or put aside for a new one of the same name.

use std::fs::{File, Metadata};
use std::io::{BufRead as _, BufReader, ErrorKind, Result, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// The longest line that is kept whole: what goes on longer is taken in pieces, none of which is a row.
const MOST: usize = 1 << 20;

/// Reads lines as far as they have been written.
pub(crate) struct Lines {
    path: PathBuf,
    file: BufReader<File>,
    /// Bytes of the file that were read.
    read: u64,
    /// A line that is not at its end yet.
    begun: Vec<u8>,
}

impl Lines {
    /// Opens a file at its beginning.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        Ok(Self { path: path.to_owned(), file: BufReader::new(file), read: 0, begun: Vec::new() })
    }

    /// The next line, if it is there to its end.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            let bytes = match self.file.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            if bytes.is_empty() {
                return Ok(None);
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(bytes.len(), |end| end + 1);
            self.begun.extend_from_slice(bytes.get(..taken).unwrap_or_default());
            self.file.consume(taken);
            self.read += taken as u64;
            if end.is_some() || self.begun.len() > MOST {
                return Ok(Some(std::mem::take(&mut self.begun)));
            }
        }
    }

    /// What stands behind the last end of a line.
    pub(crate) fn rest(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.begun)).filter(|rest| !rest.is_empty())
    }

    /// Nothing more has been written: goes over to the file that has the name by now, or to the beginning of one that
    /// was cut off. What happened to it, if something did.
    pub(crate) fn turn(&mut self) -> Result<Option<&'static str>> {
        let own = self.file.get_ref().metadata()?;
        if own.len() < self.read {
            self.file.seek(SeekFrom::Start(0))?;
            (self.read, self.begun) = (0, Vec::new());
            return Ok(Some("was cut off"));
        }
        // Between putting aside and making anew there is none.
        let there = match std::fs::metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            there => there?,
        };
        if is_same(&own, &there) || own.len() > self.read {
            return Ok(None);
        }
        *self = Self::open(&self.path)?;
        Ok(Some("was put aside"))
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// What else tells files apart is not to be had everywhere: one that is shorter is another one.
#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    other.len() >= one.len()
}

#[cfg(test)]
mod tests {
    use std::fs::{OpenOptions, remove_file, rename, write};
    use std::io::Write as _;

    use super::*;

    fn all(lines: &mut Lines) -> Vec<String> {
        let next = || lines.next().unwrap().map(|line| String::from_utf8(line).unwrap());
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn a_log_that_grows_is_cut_off_and_put_aside_is_read_to_its_end() {
        let path = std::env::temp_dir().join(format!("shadow-lines-{}", std::process::id()));
        let aside = path.with_extension("1");
        write(&path, "a\nb\nhal").unwrap();
        let mut lines = Lines::open(&path).unwrap();
        assert_eq!(all(&mut lines), ["a\n", "b\n"]);
        let append = |text: &str| {
            OpenOptions::new()
                .append(true)
                .open(&path)
                .unwrap()
                .write_all(text.as_bytes())
                .unwrap();
        };
        append("f\nc");
        assert_eq!(all(&mut lines), ["half\n"]);
        assert_eq!(lines.turn().unwrap(), None);
        // Cut off: what was begun is lost, what comes is read.
        write(&path, "new\n").unwrap();
        assert_eq!((all(&mut lines).len(), lines.turn().unwrap()), (0, Some("was cut off")));
        assert_eq!(all(&mut lines), ["new\n"]);
        // Put aside: first the rest of the old one.
        append("last\n");
        rename(&path, &aside).unwrap();
        assert_eq!((all(&mut lines).concat(), lines.turn().unwrap()), ("last\n".into(), None));
        write(&path, "first\n").unwrap();
        assert_eq!(lines.turn().unwrap(), Some("was put aside"));
        assert_eq!(all(&mut lines), ["first\n"]);
        append("rest");
        assert_eq!((all(&mut lines).len(), lines.rest()), (0, Some(b"rest".to_vec())));
        remove_file(&path).unwrap();
        remove_file(&aside).unwrap();
        assert!(Lines::open(&path).is_err() && Lines::open(&std::env::temp_dir()).is_err());
    }
}
