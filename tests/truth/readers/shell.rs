//! Words of bash, as far as the generated scripts use it: quotes, continued lines, lists over several lines, files handed over.

/// A simple command: its words, and the text that is handed over to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Command {
    pub words: Vec<String>,
    pub file: Option<String>,
}

/// The simple commands of a script. A list `name=( … )` is a command whose first word is `name=(`; a variable is `⟨name⟩`, a list
/// `⟨name[@]⟩`.
pub fn commands(script: &str) -> Vec<Command> {
    let mut reader = Reader {
        rest: script.chars().collect::<Vec<_>>().into_iter().peekable(),
        commands: Vec::new(),
        command: Command::default(),
        word: None,
        list: false,
    };
    reader.read();
    reader.commands
}

struct Reader {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
    commands: Vec<Command>,
    command: Command,
    word: Option<String>,
    list: bool,
}

impl Reader {
    fn read(&mut self) {
        while let Some(character) = self.rest.next() {
            match character {
                '\'' => {
                    let text = self.until('\'');
                    self.push(&text);
                }
                '"' => self.double(),
                '$' if self.rest.peek() == Some(&'\'') => {
                    self.rest.next();
                    self.escaped();
                }
                '$' if self.rest.peek() == Some(&'(') => {
                    // The value of a blueprint's own command.
                    let text = self.line();
                    self.push(&format!("$({text}"));
                    self.end();
                }
                '\\' if self.rest.peek() == Some(&'\n') => {
                    self.rest.next();
                    self.word();
                }
                '\\' => {
                    let next = self.rest.next().unwrap().to_string();
                    self.push(&next);
                }
                '#' if self.word.is_none() => {
                    self.line();
                    self.end();
                }
                '(' if self.word.as_ref().is_some_and(|word| word.ends_with('=')) => {
                    self.push("(");
                    self.word();
                    self.list = true;
                }
                ')' if self.list => {
                    self.list = false;
                    self.end();
                }
                '\n' | ';' => self.end(),
                ' ' | '\t' => self.word(),
                other => self.push(&other.to_string()),
            }
        }
        self.end();
        assert!(!self.list, "a list has no end");
    }

    fn push(&mut self, text: &str) {
        self.word.get_or_insert_default().push_str(text);
    }

    fn word(&mut self) {
        self.command.words.extend(self.word.take());
    }

    /// The end of a line: of a command, but inside of a list.
    fn end(&mut self) {
        self.word();
        if self.list || self.command.words.is_empty() {
            return;
        }
        let last = self.command.words.last().unwrap();
        let given = self
            .command
            .words
            .iter()
            .position(|word| word.starts_with("<<<"));
        if let Some(at) = given {
            self.command.file = Some(self.command.words.remove(at)[3..].to_owned());
        } else if let Some(end) = last.strip_prefix("<<") {
            let end = end.to_owned();
            self.command.words.pop();
            let mut file = String::new();
            loop {
                assert!(self.rest.peek().is_some(), "no {end} ends the text");
                match self.line() {
                    line if line == end => break,
                    line => file.extend([line.as_str(), "\n"]),
                }
            }
            self.command.file = Some(file);
        }
        self.commands.push(std::mem::take(&mut self.command));
    }

    fn until(&mut self, end: char) -> String {
        self.rest.by_ref().take_while(|one| *one != end).collect()
    }

    fn line(&mut self) -> String {
        self.until('\n')
    }

    fn double(&mut self) {
        self.push("");
        while let Some(character) = self.rest.next() {
            match character {
                '"' => return,
                '\\' => {
                    let next = self.rest.next().unwrap();
                    if !matches!(next, '"' | '\\' | '$' | '`') {
                        self.push("\\");
                    }
                    self.push(&next.to_string());
                }
                '$' if self.rest.peek() == Some(&'{') => {
                    self.rest.next();
                    let name = self.until('}');
                    self.push(&format!("⟨{name}⟩"));
                }
                '$' => {
                    let mut name = String::new();
                    let letter = |one: &char| one.is_ascii_alphanumeric() || *one == '_';
                    while let Some(one) = self.rest.next_if(letter) {
                        name.push(one);
                    }
                    self.push(&format!("⟨{name}⟩"));
                }
                other => self.push(&other.to_string()),
            }
        }
        panic!("a quote has no end");
    }

    /// What stands in `$'…'`.
    fn escaped(&mut self) {
        let mut bytes = Vec::new();
        loop {
            match self.rest.next().unwrap() {
                '\'' => break,
                '\\' => match self.rest.next().unwrap() {
                    'n' => bytes.push(b'\n'),
                    't' => bytes.push(b'\t'),
                    'x' => {
                        let digits: String = self.rest.by_ref().take(2).collect();
                        bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                    }
                    other => bytes.extend(other.to_string().bytes()),
                },
                other => bytes.extend(other.to_string().bytes()),
            }
        }
        let text = String::from_utf8(bytes).unwrap();
        self.push(&text);
    }
}

/// The items of a value in gcloud's form: `a,b`, or `^;^a;b` (`gcloud topic escaping`).
pub fn items(value: &str) -> Vec<String> {
    let (by, rest) = match value
        .strip_prefix('^')
        .and_then(|rest| rest.split_once('^'))
    {
        Some((by, rest)) if !by.is_empty() => (by, rest),
        _ => (",", value),
    };
    rest.split(by).map(str::to_owned).collect()
}

#[test]
fn words_are_read_as_bash_reads_them() {
    let script = "step 'a b' # why\nflags=(\n  --x='1 2' # three\n\n  --y\n)\nensure gcloud x \"${flags[@]}\" \\\n  --z=\"$a\\$b\"$'\\x41\\n'\nput <<'END'\nfirst 'line\nEND\n";
    let found = commands(script);
    let words: Vec<Vec<&str>> = found
        .iter()
        .map(|one| one.words.iter().map(String::as_str).collect())
        .collect();
    let expected: Vec<Vec<&str>> = vec![
        vec!["step", "a b"],
        vec!["flags=(", "--x=1 2", "--y"],
        vec!["ensure", "gcloud", "x", "⟨flags[@]⟩", "--z=⟨a⟩$bA\n"],
        vec!["put"],
    ];
    assert_eq!(words, expected);
    assert_eq!(found[3].file.as_deref(), Some("first 'line\n"));
    assert_eq!(items("a,b"), ["a", "b"]);
    assert_eq!(items("^;^a,b;c"), ["a,b", "c"]);
}
