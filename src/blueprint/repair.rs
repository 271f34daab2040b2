//! What is done about a mistake that was reported, so that nothing else is reported because of it: what was probably meant
//! is put in its place, or it is left out. Nothing is ever generated from a repaired tree.

use super::key::Segment;
use super::merge::KINDS;
use super::node::{Entries, Entry, Node, Value};

/// What is done.
#[derive(Debug, Clone)]
pub enum Repair {
    /// The key gets another name.
    Rename(String),
    /// The entry is taken out for the caller, under another name.
    Move(String),
    /// The value becomes another one.
    Replace(Value),
    /// It is left out.
    LeaveOut,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// What was probably meant stands there.
    Mended,
    /// It is gone.
    LeftOut,
    /// Nothing: there is no such place.
    Nothing,
}

/// Repairs the place that a path leads to. In a blueprint, where the kinds hold `elements`, an element is emptied and not
/// left out, so that what refers to it still finds it.
pub fn repair(entries: &mut Entries, path: &[Segment], repair: Repair, elements: bool) -> Done {
    if let [Segment::Name(kind), Segment::Name(_)] = path
        && elements
        && KINDS.contains(&kind.as_str())
        && matches!(repair, Repair::LeaveOut)
        && !is_table(entries, path)
        && set(entries, path, Value::Table(Entries::new()))
    {
        return Done::LeftOut;
    }
    let mended = match repair {
        Repair::Rename(name) => rename(entries, path, name),
        Repair::Replace(value) => set(entries, path, value),
        Repair::Move(_) | Repair::LeaveOut => false,
    };
    if mended {
        Done::Mended
    } else if leave_out(entries, path) {
        Done::LeftOut
    } else {
        Done::Nothing
    }
}

/// What holds a place.
enum Holder<'a> {
    Table(&'a mut Entries),
    List(&'a mut Vec<Node>),
}

/// What holds the last part of a path.
fn holder<'a>(entries: &'a mut Entries, path: &[Segment]) -> Option<Holder<'a>> {
    let mut here = Holder::Table(entries);
    for segment in &path[..path.len().checked_sub(1)?] {
        let node = match (here, segment) {
            (Holder::Table(entries), Segment::Name(name)) => &mut entries.get_mut(name)?.node,
            (Holder::List(items), Segment::Index(index)) => items.get_mut(*index)?,
            _ => return None,
        };
        here = match &mut node.value {
            Value::Table(entries) => Holder::Table(entries),
            Value::List(items) => Holder::List(items),
            _ => return None,
        };
    }
    Some(here)
}

fn rename(entries: &mut Entries, path: &[Segment], name: String) -> bool {
    let (Some(Holder::Table(entries)), Some(Segment::Name(old))) =
        (holder(entries, path), path.last())
    else {
        return false;
    };
    let Some(entry) = entries.remove(old) else {
        return false;
    };
    absorb(entries, name, entry);
    true
}

/// Takes in an entry that was written under another name. What is there already stays.
pub fn absorb(entries: &mut Entries, name: String, entry: Entry) {
    match entries.get_mut(&name) {
        None => {
            entries.insert(name, entry);
        }
        Some(there) => {
            if let (Value::Table(there), Value::Table(more)) =
                (&mut there.node.value, entry.node.value)
            {
                for (name, entry) in more {
                    absorb(there, name, entry);
                }
            }
        }
    }
}

fn set(entries: &mut Entries, path: &[Segment], value: Value) -> bool {
    let node = match (holder(entries, path), path.last()) {
        (Some(Holder::Table(entries)), Some(Segment::Name(name))) => {
            entries.get_mut(name).map(|entry| &mut entry.node)
        }
        (Some(Holder::List(items)), Some(Segment::Index(index))) => items.get_mut(*index),
        _ => None,
    };
    let Some(node) = node else { return false };
    node.value = value;
    true
}

fn is_table(entries: &mut Entries, path: &[Segment]) -> bool {
    match (holder(entries, path), path.last()) {
        (Some(Holder::Table(entries)), Some(Segment::Name(name))) => entries
            .get(name)
            .is_some_and(|entry| entry.node.entries().is_some()),
        _ => false,
    }
}

fn leave_out(entries: &mut Entries, path: &[Segment]) -> bool {
    match (holder(entries, path), path.last()) {
        (Some(Holder::Table(entries)), Some(Segment::Name(name))) => entries.remove(name).is_some(),
        (Some(Holder::List(items)), Some(Segment::Index(index))) if *index < items.len() => {
            items.remove(*index);
            true
        }
        _ => false,
    }
}
