//! What stands around the steps of a stage script: it leaves nothing in the cloud, but without it a run does not begin, does not end, or
//! makes things too early.

use std::collections::BTreeSet;

use super::shell::Command;
use crate::cloud::Place;

/// Stops where a stage script lacks some of it.
pub fn whole(place: &Place, script: &str, needs_secrets: bool, commands: &[Command]) {
    let at = |word: &str| commands.iter().position(|one| one.words[0] == word);
    let begins = [commands.first(), commands.get(1)].map(|one| &one.unwrap().words);
    assert_eq!(begins[0][0], ".", "{script} reads no library");
    assert!(
        begins[0].iter().any(|word| word.ends_with("/lib.sh")),
        "{begins:?}"
    );
    assert_eq!(
        begins[0][begins[0].len() - 3..],
        ["||", "exit", "2"],
        "{script} goes on without its library"
    );
    assert_eq!(
        begins[1][..],
        ["arguments", "⟨⟩@"],
        "{script} looks at no argument"
    );
    let (_, stage) = script.trim_end_matches(".sh").split_once('-').unwrap();
    let ends = commands.last().unwrap();
    assert_eq!(ends.words, ["finish", stage], "{script} does not end");

    let says = |command: &Command, text: &str| {
        let file = command.file.iter();
        command
            .words
            .iter()
            .chain(file)
            .any(|word| word.contains(text))
    };
    let number = commands
        .iter()
        .position(|one| says(one, "⟨project_number⟩"));
    assert!(
        number.is_none_or(|first| at("look_up_number").is_some_and(|at| at < first)),
        "{script} knows no number"
    );
    let secret = commands.iter().position(|one| says(one, "--set-secrets="));
    assert!(
        !needs_secrets
            || secret.is_none_or(|first| at("secrets_stand").is_some_and(|at| at < first)),
        "{script} looks for no secret"
    );
    let asks = commands.iter().any(|one| {
        let word = one.words[0].as_str();
        word == "ahead" || word.ends_with("_ahead") && word != "read_ahead"
    });
    assert_eq!(
        asks,
        at("read_ahead").is_some(),
        "{script} asks ahead and does not read"
    );

    let home = format!("@{}.iam.gserviceaccount.com", place.project);
    let accounts = commands
        .iter()
        .flat_map(|one| &one.words)
        .filter_map(|word| {
            let (flag, email) = word.split_once('=')?;
            let acts = flag.ends_with("service-account") || flag.ends_with("service-account-email");
            email.strip_suffix(&home).filter(|_| acts)
        });
    let accounts: BTreeSet<&str> = accounts.collect();
    let stand = at("accounts_stand")
        .map(|at| &commands[at].words[1..])
        .unwrap_or_default();
    let stand: BTreeSet<&str> = stand.iter().map(String::as_str).collect();
    assert!(
        stand.is_superset(&accounts),
        "{script} looks for {stand:?}, and acts as {accounts:?}"
    );

    // A database of Firestore that is made has no fields and no indexes at once.
    let count = |begins: &str| {
        let lines = commands.iter().map(|one| one.words.join(" "));
        lines.filter(|line| line.starts_with(begins)).count()
    };
    let made = count("ensure gcloud firestore databases create ");
    let awaited = count("await gcloud firestore databases describe ");
    assert_eq!(made, awaited, "{script} does not wait for a database");
}
