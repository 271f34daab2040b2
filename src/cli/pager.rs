//! Long texts on a terminal, a page at a time, with the program that git would take.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{Failure, terminal};

/// Shows a text through the pager, or as it is where there is none.
pub fn page(product: &[u8]) -> Result<(), Failure> {
    let Some(pager) = pager() else {
        return terminal::print_bytes(product);
    };
    let mut command = Command::new("sh");
    command.arg("-c").arg(pager).stdin(Stdio::piped());
    // As git: leave at the end of a short text, let colours through, do not clear.
    for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    let Ok(mut child) = command.spawn() else {
        return terminal::print_bytes(product);
    };
    if let Some(mut stdin) = child.stdin.take() {
        // Whoever has seen enough leaves.
        let _ = stdin.write_all(product);
    }
    let _ = child.wait();
    Ok(())
}

/// The pager's command; nothing where a person wants none.
fn pager() -> Option<String> {
    let git = Command::new("git")
        .args(["var", "GIT_PAGER"])
        .stderr(Stdio::null())
        .output();
    let pager = match git {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout).ok()?,
        _ => std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned()),
    };
    let pager = pager.trim();
    (!pager.is_empty() && pager != "cat").then(|| pager.to_owned())
}
