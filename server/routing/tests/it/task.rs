//! Prompts tell what they are about.

use routing::{Abilities, Features, misfit};
use shared::route::{Task, TaskFit};

fn task(question: &str) -> Task {
    Features::of(question, 50, false, false).task().0
}

#[test]
fn cheap_features_tell_the_task() {
    let cases = [
        ("Write a function in Rust that reverses a list: fn reverse(...)", Task::Code),
        ("Why does this throw?\n```js\nconst a = b();\n```", Task::Code),
        ("Prove that there is no largest prime, step by step.", Task::Reasoning),
        ("How many ways are there to solve the puzzle?", Task::Reasoning),
        ("Bitte fasse diesen Vertrag zusammen und nenne alle Fristen, die darin stehen", Task::Language),
        ("この契約書を要約してください", Task::Language),
        ("Hi, how are you?", Task::SmallTalk),
        ("Summarise the main points of the attached meeting notes for the board.", Task::General),
        ("", Task::General),
    ];
    for (question, expected) in cases {
        assert_eq!(task(question), expected, "{question}");
    }
}

#[test]
fn what_is_seen_beside_the_words_comes_first() {
    assert_eq!(Features::of("hi", 10, true, false).task().0, Task::Vision);
    assert_eq!(Features::of("hi", 60_000, false, false).task().0, Task::LongContext);
    assert_eq!(Features::of("Name a colour", 10, false, true).task().0, Task::Reasoning);
}

#[test]
fn only_the_end_of_a_long_question_is_read() {
    let long = format!("{}\u{e9}{} prove it", "fn def ```".repeat(100_000), "x".repeat(2_038));
    assert_eq!(Features::of(&long, 50, false, false).task().0, Task::Reasoning);
}

#[test]
fn the_operators_word_on_a_model_outweighs_what_its_abilities_suggest() {
    let plain = Abilities { vision: false, reasoning: false, context_length: 8_192 };
    let clever = Abilities { reasoning: true, ..plain };
    assert!(misfit(Task::Reasoning, &[], clever) < misfit(Task::Reasoning, &[], plain));
    assert!((misfit(Task::Vision, &[], plain) - 1.0).abs() < f32::EPSILON);
    let said = [TaskFit { task: Task::Code, fit: 95 }];
    assert!((misfit(Task::Code, &said, plain) - 0.05).abs() < 0.001);
    assert!(misfit(Task::General, &said, plain) > 0.2);
}
