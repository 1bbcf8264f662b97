//! The README's first screen: the program stands there whole, and it is the example.

#[test]
fn the_program_of_the_readme_is_the_example_and_stands_on_its_first_screen() {
    let readme = include_str!("../README.md");
    let (above, rest) = readme.split_once("```rust\n").unwrap();
    let (program, _) = rest.split_once("```").unwrap();
    let (_, example) = include_str!("../examples/hello.rs").split_once("\n\n").unwrap();
    assert_eq!(program, example);
    let lines = program.lines().count();
    assert!(lines <= 30, "{lines} lines");
    assert!(above.lines().count() + 2 + lines <= 60, "within the first 60 lines");
}
