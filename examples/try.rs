use ravelin::{blueprint, diag, plan, source::Source};
fn main() {
    let p = std::env::args().nth(1).unwrap();
    let t = std::fs::read_to_string(&p).unwrap();
    let s = Source::new(p, t);
    let r = blueprint::read(&s);
    let mut d = r.diagnostics;
    for e in &r.environments {
        let x = plan::resolve(e, s.file_name(), &|_| None);
        d.extend(x.diagnostics);
        if let Some(p) = x.plan {
            println!("{p:#?}");
        }
    }
    let d = diag::settle(d, &["prod", "stg"]);
    eprintln!("{}", diag::report(&d, &s, false));
}
