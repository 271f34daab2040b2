//! The streams: the product goes to stdout, talk to stderr.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};

use super::Failure;

/// Writes the product.
pub fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

/// Writes a product that need not be text.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // Whoever reads may stop reading: that is no mistake.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says something.
pub fn say(text: &str) {
    // There is no one left to tell.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Says why something could not be done.
pub fn fail(failure: &Failure) {
    let (red, cyan, plain) = if colour(&io::stderr()) {
        ("\x1b[1;91m", "\x1b[1;96m", "\x1b[0m")
    } else {
        ("", "", "")
    };
    let mut text = failure.report.clone();
    if !text.is_empty() {
        text.push('\n');
    }
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{red}error{plain}: {}", failure.message);
    if !failure.details.is_empty() {
        text.push('\n');
    }
    for detail in &failure.details {
        let _ = writeln!(text, "  {detail}");
    }
    if !failure.helps.is_empty() {
        text.push('\n');
    }
    for help in &failure.helps {
        let _ = writeln!(text, "{cyan}help{plain}: {help}");
    }
    say(&text);
}

/// Whether there is a person to ask: one who reads what is said, and can answer.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether a stream is read by a person who wants colour (<https://no-color.org>).
pub fn colour(stream: &impl IsTerminal) -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    !unwanted && !dumb && stream.is_terminal()
}
