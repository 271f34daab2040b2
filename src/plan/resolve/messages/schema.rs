//! The form of messages.

use crate::blueprint::schema::{self, MessageSchema as Written, SchemaEncoding};
use crate::blueprint::{Key, Place};
use crate::plan::google::pubsub;
use crate::plan::model::{MadeSchema, MessageSchema, SchemaLanguage};
use crate::plan::resolve::beside;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

/// The schema of a topic that is made here.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    key: &Key,
    topic: &str,
    written: &schema::Topic,
) -> Option<MessageSchema> {
    let written = written.schema.as_ref()?;
    let key = key.then("schema");
    let encoding = match written.encoding {
        Some(SchemaEncoding::Binary) => "BINARY",
        Some(SchemaEncoding::Json) | None => "JSON",
    };
    unfit(cx, &key, topic, written);
    let ((project, id), made) = match (&written.existing, &written.source) {
        (Some(full), source) => {
            if source.is_some() {
                cx.report(
                    rules::EXISTING_IDLE,
                    format!("`source` of `{key}` changes nothing"),
                    &Place::Key(key.then("source")),
                    "it is left as it is",
                )
                .and(&Place::Key(key.then("existing")), "it exists already")
                .help("leave one of the two out");
            }
            (existing(cx, &key, full)?, None)
        }
        (None, Some(file)) => {
            let here = (cx.project.id.clone(), topic.to_owned());
            (here, Some(made(cx, &key, file)?))
        }
        (None, None) => {
            cx.missing(&key, "source", "the file with the schema");
            return None;
        }
    };
    Some(MessageSchema {
        project,
        id,
        encoding,
        made,
    })
}

/// The project of one that exists already, and its id there.
fn existing(cx: &mut Context<'_>, key: &Key, full: &str) -> Option<(String, String)> {
    let at = key.then("existing");
    let Some((project, id)) = lies::schema(full) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{full}` does not name a schema"),
            &Place::Value(at),
            "not a schema's full name",
        )
        .help("write `projects/PROJECT/schemas/NAME`");
        return None;
    };
    let mut topics = cx.blueprint.topics.iter();
    let own = topics.find(|(name, topic)| {
        let made = topic.schema.as_ref().filter(|one| one.existing.is_none());
        **name == id && made.is_some() && project == cx.project.id
    });
    if let Some((other, _)) = own {
        let other = Key::of(&["topics", other, "schema"]);
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{full}` is made here"),
            &Place::Value(at),
            "does not exist already",
        )
        .and(&Place::Key(other), "made with this topic, and goes with it")
        .help("write the same `source` here: each topic then has a schema of its own");
        return None;
    }
    Some((project, id))
}

/// What a file makes.
fn made(cx: &mut Context<'_>, key: &Key, file: &str) -> Option<MadeSchema> {
    let at = key.then("source");
    let language = match file.rsplit_once('.') {
        Some((_, "avsc")) => SchemaLanguage::Avro,
        Some((_, "proto")) => SchemaLanguage::ProtocolBuffers,
        _ => {
            cx.report(
                rules::SCHEMA_INVALID,
                format!("`{file}` is in no language of schemas"),
                &Place::Value(at),
                "its name does not end in `.avsc` or `.proto`",
            )
            .help("call a file of Avro `NAME.avsc`, one of protocol buffers `NAME.proto`");
            return None;
        }
    };
    let text = beside::read(cx, &at, file, pubsub::SCHEMA_MAX)?;
    let wrong = match language {
        SchemaLanguage::Avro => serde_json::from_str::<serde_json::Value>(&text)
            .err()
            .map(|error| format!("no JSON: {error}")),
        SchemaLanguage::ProtocolBuffers => imports(&text)
            .map(|line| format!("line {line} imports another file, which Pub/Sub does not have")),
    };
    if let Some(wrong) = wrong {
        cx.report(
            rules::SCHEMA_INVALID,
            format!("`{file}` is no schema that Pub/Sub takes"),
            &Place::Value(at),
            wrong,
        );
        return None;
    }
    Some(MadeSchema {
        file: file.to_owned(),
        language,
        // A script and Terraform would not hand over the same line breaks at its end.
        definition: text.trim_end().to_owned(),
    })
}

/// The first line by which a file of protocol buffers imports another one.
fn imports(text: &str) -> Option<usize> {
    let is_import = |line: &str| {
        let rest = line.trim_start().strip_prefix("import");
        rest.is_some_and(|rest| rest.starts_with([' ', '\t', '"', '\'']))
    };
    text.lines().position(is_import).map(|line| line + 1)
}

/// Reports what publishes there in a form of its own.
fn unfit(cx: &mut Context<'_>, key: &Key, topic: &str, written: &Written) {
    let blueprint = cx.blueprint;
    let target = format!("topics.{topic}");
    let told = blueprint.buckets.iter().filter_map(|(name, bucket)| {
        let key = Key::of(&["buckets", name, "notifications", topic]);
        let told = bucket.notifications.contains_key(topic);
        told.then_some((Place::Key(key), "Cloud Storage tells of objects"))
    });
    let logged = blueprint.log_sinks.iter().filter_map(|(name, sink)| {
        let key = Key::of(&["log_sinks", name, "to"]);
        let logged = sink.to.as_deref() == Some(target.as_str());
        logged.then_some((Place::Value(key), "Cloud Logging writes entries"))
    });
    let dead = blueprint.subscriptions.iter().filter_map(|(name, one)| {
        let dead = one.dead_letter.as_ref()?.topic.as_deref() == Some(topic);
        let from = one
            .topic
            .as_ref()
            .and_then(|from| blueprint.topics.get(from));
        let alike = from
            .and_then(|from| from.schema.as_ref())
            .is_some_and(|from| {
                from.source == written.source
                    && from.existing == written.existing
                    && from.encoding == written.encoding
            });
        let key = Key::of(&["subscriptions", name, "dead_letter", "topic"]);
        (dead && !alike).then_some((Place::Value(key), "dead letters have another form"))
    });
    let all: Vec<_> = told.chain(logged).chain(dead).collect();
    for (place, what) in all {
        cx.report(
            rules::SCHEMA_UNFIT,
            format!("what is published to `{topic}` does not fit its schema"),
            &place,
            format!("{what}: each is refused"),
        )
        .and(&Place::Key(key.clone()), "only what has this form is taken")
        .help("name a topic without `schema`");
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    fn errors(schema: &str, rest: &str) -> Vec<&'static str> {
        let topic = format!(
            "[topics.news]\nschema = {{ {schema} }}\npublishers = [\"group:a@example.com\"]\n"
        );
        let resolved = resolve(&[INTERNAL, &topic, rest]);
        resolved.errors
    }

    #[test]
    fn a_schema_lies_in_a_file_or_exists() {
        for (schema, wrong) in [
            (
                "existing = \"projects/acme-events/schemas/order.v1\"",
                &[][..],
            ),
            (
                "existing = \"//pubsub.googleapis.com/projects/acme-events/schemas/order\"",
                &[],
            ),
            (
                "existing = \"projects/acme-events/topics/order\"",
                &["existing-invalid"],
            ),
            (
                "existing = \"projects/x/schemas/order\"",
                &["existing-invalid"],
            ),
            (
                "existing = \"projects/acme-events/schemas/x y\"",
                &["existing-invalid"],
            ),
            ("encoding = \"binary\"", &["missing-key"]),
            ("source = \"order.json\"", &["schema-invalid"]),
            ("source = \"../order.avsc\"", &["file-outside"]),
            ("source = \"order.avsc\"", &["file-missing"]),
        ] {
            assert_eq!(errors(schema, ""), wrong, "{schema}");
        }
    }

    #[test]
    fn one_that_is_made_here_does_not_exist_already() {
        let other = "[topics.other]\nschema = { source = \"a.avsc\" }\n[subscriptions.other]\ntopic = \"other\"\n";
        let own = "existing = \"projects/shop-prod/schemas/other\"";
        assert_eq!(errors(own, other), ["existing-invalid", "file-missing"]);
        let elsewhere = "existing = \"projects/shop-dev1/schemas/other\"";
        assert_eq!(errors(elsewhere, other), ["file-missing"]);
    }

    #[test]
    fn agents_publish_in_a_form_of_their_own() {
        let schema = "existing = \"projects/acme-events/schemas/order\"";
        let alike = "[topics.old]\nschema = { existing = \"projects/acme-events/schemas/order\" }\n[subscriptions.old]\ntopic = \"old\"\nconsumers = [\"group:a@example.com\"]\ndead_letter = { topic = \"news\" }\n";
        let other = alike.replace("schemas/order", "schemas/claim");
        let heard =
            "[subscriptions.news]\ntopic = \"news\"\nconsumers = [\"group:a@example.com\"]\n";
        for (rest, wrong) in [
            (
                "[buckets.files]\nnotifications = { news = {} }",
                &["schema-unfit"][..],
            ),
            (
                "[log_sinks.failures]\nfilter = \"severity >= ERROR\"\nto = \"topics.news\"",
                &["schema-unfit"],
            ),
            (alike, &[]),
            (&other, &["schema-unfit"]),
        ] {
            assert_eq!(errors(schema, &format!("{heard}{rest}")), wrong, "{rest}");
        }
    }
}
