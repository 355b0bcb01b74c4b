//! Messages about semantic patches on standard error: spans drawn over the source, notes, help.

use std::collections::HashSet;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use c_syntax::{Diagnostic, Label, Severity};

/// How many messages of one text are shown; the rest is counted.
const MOST: usize = 50;

/// Shows messages about `text`, which was read from `name`. Equal messages at one place are shown once.
pub fn show(name: &str, text: &str, messages: &[Diagnostic]) {
    show_all(&[(name.to_owned(), text.to_owned())], messages);
}

/// Shows messages about several texts; [`Label::file`] is an index into `sources`.
pub fn show_all(sources: &[(String, String)], messages: &[Diagnostic]) {
    let mut seen = HashSet::new();
    let mut fresh = messages.iter().filter(|m| seen.insert((m.code, m.primary.clone(), m.message.clone())));
    for message in fresh.by_ref().take(MOST) {
        anstream::eprintln!("{}\n", render(sources, message, true));
    }
    let more = fresh.count();
    if more > 0 {
        anstream::eprintln!("{more} more messages are not shown");
    }
}

/// One message as text, coloured or plain.
#[must_use]
pub fn render(sources: &[(String, String)], message: &Diagnostic, colour: bool) -> String {
    let level = match message.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut title = level.primary_title(&message.message);
    if !message.code.is_empty() {
        title = title.id(message.code);
    }
    let mut group = match sources.get(message.primary.file as usize) {
        Some((name, text)) => {
            let mut snippet = Snippet::source(text.as_str()).path(name.as_str()).fold(true);
            snippet = snippet.annotation(
                AnnotationKind::Primary.span(span(text, &message.primary)).label(message.primary.text.as_str()),
            );
            for label in message.secondary.iter().filter(|l| l.file == message.primary.file) {
                snippet =
                    snippet.annotation(AnnotationKind::Context.span(span(text, label)).label(label.text.as_str()));
            }
            title.element(snippet)
        }
        None => Group::with_title(title),
    };
    for (i, (name, text)) in sources.iter().enumerate().filter(|(i, _)| *i != message.primary.file as usize) {
        let labels: Vec<&Label> = message.secondary.iter().filter(|l| l.file as usize == i).collect();
        if labels.is_empty() {
            continue;
        }
        let snippet = Snippet::source(text.as_str()).path(name.as_str()).fold(true);
        let mark = |l: &&'_ Label| AnnotationKind::Context.span(span(text, l)).label(l.text.clone());
        group = group.element(labels.iter().map(mark).fold(snippet, Snippet::annotation));
    }
    for note in &message.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(help) = &message.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    groups.push(group);
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&groups)
}

/// The span of a label, moved onto boundaries of characters inside the text.
fn span(text: &str, label: &Label) -> std::ops::Range<usize> {
    let floor = |i: u32| {
        let mut i = (i as usize).min(text.len());
        while !text.is_char_boundary(i) {
            i -= 1;
        }
        i
    };
    let start = floor(label.span.start);
    start..floor(label.span.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use c_syntax::Span;

    #[test]
    fn a_message_has_place_label_and_help() {
        let sources = [("r.cocci".to_owned(), "@@\nexpresion e;\n@@\n".to_owned())];
        let message = Diagnostic::error("E012", Span::new(3, 12), "unknown kind of metavariable", "no such kind")
            .help("did you mean `expression`?");
        let text = render(&sources, &message, false);
        for part in ["error[E012]: unknown kind of metavariable", "r.cocci:2:1", "no such kind", "did you mean"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn spans_beyond_the_text_or_inside_characters_are_harmless() {
        let sources = [("r.cocci".to_owned(), "é".to_owned())];
        for (a, b) in [(0, 1), (1, 2), (1, 99), (99, 99), (2, 1)] {
            let message = Diagnostic::warning("W001", Span::new(a, b), "m", "l");
            assert!(render(&sources, &message, false).contains("warning[W001]"));
        }
    }
}
