use ravelin::{diag, source::Source};
fn main() {
    let p = std::env::args().nth(1).unwrap();
    let o = std::env::args().nth(2).unwrap();
    let t = std::fs::read_to_string(&p).unwrap();
    let s = Source::new(p.clone(), t);
    let dir = std::path::Path::new(&p).parent().unwrap().to_owned();
    let r = ravelin::expand(&s, &|f| std::fs::read_to_string(dir.join(f)).ok());
    eprintln!("{}", diag::report(&r.diagnostics, &s, false));
    for (p, f) in r.tree().iter() {
        let q = format!("{o}/{p}");
        std::fs::create_dir_all(std::path::Path::new(&q).parent().unwrap()).unwrap();
        std::fs::write(q, &f.text).unwrap();
    }
}
