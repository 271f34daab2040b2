//! The texts that were written last, in `.ravelin/texts`: a merge needs what a file was before a person edited it. Each stands
//! behind a line with its SHA-256 and its length. Whoever reads one checks it, so a damaged file does no harm.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::PathBuf;

use tempfile::TempPath;

use super::fault::step;
use super::write::{Staged, clean, temporary};
use super::{Error, Store, failed};
use crate::name::hash;

/// The folder for what is of use on this machine alone.
const OWN: &str = ".ravelin";
const TEXTS: &str = ".ravelin/texts";
const IGNORE: &str = ".ravelin/.gitignore";

/// No text is longer; a length beyond it is damage.
const LONGEST: usize = 1 << 28;

impl Store {
    /// The texts with these hashes, as far as they are known.
    ///
    /// # Errors
    ///
    /// When a link or a folder stands in the place of the file, or it cannot be read.
    pub fn texts(&self, wanted: &BTreeSet<&str>) -> Result<BTreeMap<String, String>, Error> {
        let mut found = BTreeMap::new();
        if wanted.is_empty() || !self.is_file(TEXTS)? {
            return Ok(found);
        }
        let path = self.folder.join(TEXTS);
        let file = File::open(&path).map_err(failed("read", &path))?;
        let mut file = BufReader::new(file);
        while let Some((name, bytes)) = next(&mut file) {
            if wanted.contains(name.as_str())
                && hash(&bytes) == name
                && let Ok(text) = String::from_utf8(bytes)
            {
                found.insert(name, text);
            }
        }
        Ok(found)
    }

    /// Writes these texts, by their hashes, beside the place of those before.
    pub(super) fn stage_texts(
        &self,
        texts: &BTreeMap<&str, &str>,
    ) -> Result<Option<Staged<'static>>, Error> {
        if texts.is_empty() {
            return Ok(None);
        }
        let own = self.own_folder()?;
        clean(&own)?;
        self.is_file(TEXTS)?;
        let write = || -> io::Result<TempPath> {
            let mut file = BufWriter::with_capacity(1 << 16, temporary(&own, false)?);
            for (hash, text) in texts {
                writeln!(file, "{hash} {}", text.len())?;
                file.write_all(text.as_bytes())?;
                writeln!(file)?;
            }
            step()?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            Ok(file.into_temp_path())
        };
        let file = write().map_err(failed("write", &self.folder.join(TEXTS)))?;
        Ok(Some(Staged { path: TEXTS, file }))
    }

    /// The folder, made where it is missing, with a note to git that it is nothing to commit.
    pub(super) fn own_folder(&self) -> Result<PathBuf, Error> {
        let folder = self.folder.join(OWN);
        if !self.is_file(IGNORE)? {
            let ignore = self.folder.join(IGNORE);
            step()
                .and_then(|()| fs::create_dir_all(&folder))
                .map_err(failed("make the folder", &folder))?;
            // Half of it would be an empty one, which hides nothing from git.
            let write = || -> io::Result<()> {
                let mut file = temporary(&folder, false)?;
                step()?;
                file.write_all(b"*\n")?;
                step()?;
                file.persist(&ignore)?;
                Ok(())
            };
            write().map_err(failed("write", &ignore))?;
        }
        Ok(folder)
    }
}

/// The next text; nothing at the end, or where the file is damaged.
fn next(file: &mut BufReader<File>) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    file.by_ref().take(100).read_line(&mut line).ok()?;
    let (hash, length) = line.trim_end().split_once(' ')?;
    let length: usize = length.parse().ok().filter(|length| *length <= LONGEST)?;
    let mut bytes = Vec::new();
    let mut limited = file.by_ref().take(length as u64 + 1);
    limited.read_to_end(&mut bytes).ok()?;
    (bytes.pop() == Some(b'\n') && bytes.len() == length).then(|| (hash.to_owned(), bytes))
}
