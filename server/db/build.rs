//! The migrations are carried in the binary: a changed file must rebuild this crate.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
