//! What a value looks like beyond its type: names, sizes, days. The types of the blueprint name these in their attributes.

use std::borrow::Cow;

use schemars::transform::Transform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::blueprint::units::{
    Decimal, Duration, OneOrMany, OrFalse, Relations, TextOrFalse, Truth,
};
use crate::name::Kind;

/// A text is a name of this kind.
pub struct Matching(pub Kind);

impl Transform for Matching {
    fn transform(&mut self, schema: &mut Schema) {
        Shaped(&self.0.pattern()).transform(schema);
    }
}

/// A text has this form.
pub struct Shaped<'p>(pub &'p str);

impl Transform for Shaped<'_> {
    fn transform(&mut self, schema: &mut Schema) {
        schema.insert("pattern".to_owned(), json!(self.0));
    }
}

/// A text is a name of this kind, or its full name with this beginning.
pub struct Path(pub &'static str, pub Kind);

impl Transform for Path {
    fn transform(&mut self, schema: &mut Schema) {
        let Self(beginning, kind) = self;
        let name = kind.pattern();
        let pattern = format!("^({beginning})?{}", name.trim_start_matches('^'));
        Shaped(&pattern).transform(schema);
    }
}

/// A text has this form, or holds a reference and may become anything.
pub struct Refers<T>(pub T);

impl<T: Transform> Transform for Refers<T> {
    fn transform(&mut self, schema: &mut Schema) {
        self.0.transform(schema);
        if let Some(Value::String(pattern)) = schema.get_mut("pattern") {
            pattern.push_str(r"|\$\{");
        }
    }
}

/// Each item of a list is such.
pub struct Items<T>(pub T);

impl<T: Transform> Transform for Items<T> {
    fn transform(&mut self, schema: &mut Schema) {
        inner(schema, "items", &mut self.0);
    }
}

/// The names in a table are of this kind.
pub struct Named(pub Kind);

impl Transform for Named {
    fn transform(&mut self, schema: &mut Schema) {
        let names = json!({ "pattern": self.0.pattern() });
        schema.insert("propertyNames".to_owned(), names);
    }
}

/// A table of environment variables.
pub struct Env;

impl Transform for Env {
    fn transform(&mut self, schema: &mut Schema) {
        Named(Kind::EnvVar).transform(schema);
    }
}

/// A table of labels.
pub struct Labels;

impl Transform for Labels {
    fn transform(&mut self, schema: &mut Schema) {
        Entries(Kind::LabelKey, Kind::LabelValue).transform(schema);
    }
}

/// The names in a table are of the first kind, and its texts of the second.
pub struct Entries(pub Kind, pub Kind);

impl Transform for Entries {
    fn transform(&mut self, schema: &mut Schema) {
        Named(self.0).transform(schema);
        inner(schema, "additionalProperties", &mut Matching(self.1));
    }
}

/// A text is a size of memory: `512Mi`, `2Gi`.
pub struct Size;

impl Transform for Size {
    fn transform(&mut self, schema: &mut Schema) {
        Shaped("^[0-9]+(Mi|Gi)$").transform(schema);
        schema.insert("title".to_owned(), json!("size of memory"));
    }
}

/// A text says something.
pub struct NotBlank;

impl Transform for NotBlank {
    fn transform(&mut self, schema: &mut Schema) {
        Shaped(r"\S").transform(schema);
    }
}

fn inner(schema: &mut Schema, keyword: &str, transform: &mut impl Transform) {
    let inner = schema.get_mut(keyword);
    if let Some(Ok(inner)) = inner.map(<&mut Schema>::try_from) {
        transform.transform(inner);
    }
}

/// A date. In JSON it is a text; only TOML tells the two apart.
pub struct Date;

/// A value that is written in more than one way has its schema in place, not among the definitions.
macro_rules! described {
    ($type:ty, $schema:tt) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

described!(Date, { "title": "date", "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" });
described!(Duration, { "title": "duration", "type": "string", "pattern": "^[0-9]+[smhd]$" });
described!(Decimal, {
    "title": "number",
    "type": ["number", "string"],
    "pattern": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$",
});
described!(Truth, { "type": ["boolean", "string"] });
described!(TextOrFalse, { "type": ["string", "boolean"], "not": { "const": true } });
described!(OneOrMany, { "type": ["boolean", "array"], "items": { "type": "string" } });

impl<T: JsonSchema> JsonSchema for Relations<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Relations_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["array", "object"],
            "items": { "type": "string" },
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}

impl<T: JsonSchema> JsonSchema for OrFalse<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OrFalse_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator).to_value();
        super::or_false(&mut schema);
        Schema::try_from(schema).unwrap_or_default()
    }
}
